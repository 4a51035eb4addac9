#pragma once

#include "pinmailer/press/letter_press.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace zegel::press {

/// The presses of one run, each made when the first letter needs it.
class Presses {
public:
    /// `folder` holds the templates. `windowAt` as in LetterTemplate::load; `offset` is the
    /// printer's.
    Presses(std::string folder, std::optional<std::array<double, 2>> windowAt, Offset offset = {})
        : folder_(std::move(folder)), windowAt_(windowAt), offset_(offset) {}

    /// The press for "<name>.<language>.svg" in the folder.
    /// Errors: SettingUnusable when there is none or it breaks a rule.
    LetterPress& pressFor(const std::string& name, const std::string& language,
                          const Variant& variant);
    LetterPress& pressFor(const OpenedLetter& opened);
    LetterPress& pressFor(const Note& note);

    /// Of "<name>.<language>.svg" in the folder. Errors: SettingUnusable when there is none.
    const LetterKind& kindOf(const std::string& name, const std::string& language) const;

    /// The templates there are, name and language, sorted. Errors: SettingUnusable without any.
    std::vector<std::array<std::string, 2>> names() const;

    /// Other files of the folder that look like templates.
    std::vector<std::string> misnamed() const;

private:
    std::string folder_;
    std::optional<std::array<double, 2>> windowAt_;
    Offset offset_;
    std::map<std::tuple<std::string, std::string, Variant>, LetterPress> presses_;
};

}  // namespace zegel::press
