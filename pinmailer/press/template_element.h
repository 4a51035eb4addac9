#pragma once

#include "pinmailer/press/letter_template.h"
#include "pinmailer/press/svg_tree.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace zegel::press {

/// One element of a letter template, read strictly.
/// Errors: SettingUnusable naming file, line, element and what it needs.
class TemplateElement {
public:
    TemplateElement(const std::string& path, const SvgNode& node) : path_(path), node_(node) {}

    /// Of 0 to 1000 millimetres.
    double length(const char* name, std::optional<double> otherwise = std::nullopt) const;
    std::string text(const char* name) const;
    std::array<double, 3> colour() const;
    int weight() const;
    Field::Anchor anchor() const;

    [[noreturn]] void refuse(const std::string& why) const;

private:
    const std::string& path_;
    const SvgNode& node_;
};

/// Every typeface of a font-family list, without quotes.
std::vector<std::string> familiesIn(const std::string& list);

/// One comma and space between them.
std::string joined(const std::vector<std::string>& families);

}  // namespace zegel::press
