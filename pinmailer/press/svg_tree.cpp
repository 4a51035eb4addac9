#include "pinmailer/press/svg_tree.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/glib_pointers.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace zegel::press {
namespace {

constexpr std::size_t LargestFile = 1U << 20U;
constexpr std::size_t DeepestNesting = 64;

struct Growing {
    SvgNode root;                ///< its only child is the document's element
    std::vector<SvgNode*> open;  ///< valid while open: only the last one's children grow
};

int lineOf(GMarkupParseContext* context) {
    int line = 0;
    g_markup_parse_context_get_position(context, &line, nullptr);
    return line;
}

// Called from C: nothing may be thrown through these.
void startElement(GMarkupParseContext* context, const char* name, const char** names,
                  const char** values, void* to, GError** error) {
    auto& growing = *static_cast<Growing*>(to);
    if (growing.open.size() > DeepestNesting) {
        g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT,
                            "elements are nested too deeply");
        return;
    }
    auto& node = growing.open.back()->children.emplace_back();
    node.name = name;
    node.line = lineOf(context);
    for (; *names != nullptr; ++names, ++values) {
        node.attributes.emplace_back(*names, *values);
    }
    growing.open.push_back(&node);
}

void endElement(GMarkupParseContext* /*context*/, const char* /*name*/, void* to,
                GError** /*error*/) {
    static_cast<Growing*>(to)->open.pop_back();
}

void someText(GMarkupParseContext* context, const char* text, std::size_t size, void* to,
              GError** /*error*/) {
    auto& node = static_cast<Growing*>(to)->open.back()->children.emplace_back();
    node.text.assign(text, size);
    node.line = lineOf(context);
}

std::string contentsOf(const std::string& path) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(path, missing);
    if (missing) throw Failure{Fault::SettingUnusable, "cannot read the letter template " + path};
    if (size > LargestFile) {
        throw Failure{Fault::SettingUnusable, "the letter template " + path + " is over 1 MiB"};
    }
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string escaped(const std::string& text) {
    const GlibTextPtr safe{g_markup_escape_text(text.data(), static_cast<gssize>(text.size()))};
    return safe.get();
}

void append(std::string& svg, const SvgNode& node) {
    if (node.name.empty()) {
        svg += escaped(node.text);
        return;
    }
    svg += '<' + node.name;
    for (const auto& [name, value] : node.attributes) {
        svg += ' ' + name + "=\"" + escaped(value) + '"';
    }
    svg += '>';
    for (const auto& child : node.children) {
        append(svg, child);
    }
    svg += "</" + node.name + '>';
}

}  // namespace

std::optional<std::string> SvgNode::attribute(std::string_view wanted) const {
    for (const auto& [name_, value] : attributes) {
        if (name_ == wanted) return value;
    }
    return std::nullopt;
}

void SvgNode::setAttribute(std::string_view wanted, std::string value) {
    for (auto& [name_, old] : attributes) {
        if (name_ != wanted) continue;
        old = std::move(value);
        return;
    }
    attributes.emplace_back(wanted, std::move(value));
}

SvgNode readSvg(const std::string& path) {
    const auto text = contentsOf(path);
    static constexpr GMarkupParser Parser{startElement, endElement, someText, nullptr, nullptr};
    Growing growing;
    growing.open.push_back(&growing.root);
    const GlibParsePtr context{
        g_markup_parse_context_new(&Parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &growing, nullptr)};
    GError* raw = nullptr;
    const bool parsed =
        g_markup_parse_context_parse(context.get(), text.data(), static_cast<gssize>(text.size()),
                                     &raw) != FALSE &&
        g_markup_parse_context_end_parse(context.get(), &raw) != FALSE;
    const GlibErrorPtr error{raw};
    if (!parsed) throw Failure{Fault::SettingUnusable, path + ": " + error->message};
    for (auto& node : growing.root.children) {
        if (!node.name.empty()) return std::move(node);
    }
    throw Failure{Fault::SettingUnusable, path + " holds no element"};
}

std::string writeSvg(const SvgNode& root) {
    std::string svg;
    append(svg, root);
    return svg;
}

}  // namespace zegel::press
