#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zegel::press {

/// An SVG document as a tree that can be looked at, thinned out and written again. Comments,
/// processing instructions and document types are left out; entities beyond XML's five are errors.
struct SvgNode {
    std::string name;  ///< empty: a piece of text
    std::string text;  ///< of a piece of text
    std::vector<std::pair<std::string, std::string>> attributes;
    std::vector<SvgNode> children;
    int line = 0;  ///< in the file, from 1

    std::optional<std::string> attribute(std::string_view wanted) const;
    void setAttribute(std::string_view wanted, std::string value);
};

/// Reads a whole file of at most 1 MiB. Errors: SettingUnusable naming file and line.
SvgNode readSvg(const std::string& path);

std::string writeSvg(const SvgNode& root);

}  // namespace zegel::press
