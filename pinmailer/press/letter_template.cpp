#include "pinmailer/press/letter_template.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/svg_tree.h"
#include "pinmailer/press/template_rules.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <tuple>
#include <utility>

namespace zegel::press {
namespace {

constexpr std::string_view OurNamespace = "urn:zegel:letter:1";

/// What is found on the way through the tree.
struct Found {
    Found(std::string file, const Variant& shown, std::optional<std::array<double, 2>> place)
        : path(std::move(file)), variant(shown), windowAt(place) {}

    std::string path;
    const Variant& variant;
    std::optional<std::array<double, 2>> windowAt;
    std::array<double, 2> shift{};  ///< of what moves with the window
    bool moving = false;
    bool transformed = false;
    std::optional<Area> window;
    std::optional<Area> codeZone;
    std::vector<Field> fields;
    std::vector<std::string> families;
};

[[noreturn]] void refuse(const Found& found, const SvgNode& node, const std::string& why) {
    throw Failure{Fault::SettingUnusable,
                  found.path + ":" + std::to_string(node.line) + ": <" + node.name + "> " + why};
}

std::optional<double> numberIn(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || !std::isfinite(value)) return std::nullopt;
    return value;
}

double lengthOf(const Found& found, const SvgNode& node, const char* name,
                std::optional<double> otherwise = std::nullopt) {
    const auto text = node.attribute(name);
    if (!text && otherwise) return *otherwise;
    const auto value = text ? numberIn(*text) : std::nullopt;
    if (!value || *value < 0 || *value > 1000) {
        refuse(found, node, std::string{"needs "} + name + ", a length in millimetres");
    }
    return *value;
}

std::string textOf(const Found& found, const SvgNode& node, const char* name) {
    const auto text = node.attribute(name);
    if (!text || text->empty()) refuse(found, node, std::string{"needs "} + name);
    return *text;
}

std::array<double, 3> colourIn(const Found& found, const SvgNode& node) {
    const auto text = node.attribute("fill").value_or("#000000");
    unsigned value = 0;
    const auto* start = text.data() + 1;
    const bool hex = text.size() == 7 && text[0] == '#' &&
                     std::from_chars(start, start + 6, value, 16).ptr == start + 6;
    if (!hex) refuse(found, node, "needs fill like #20242c");
    return {(value >> 16U) / 255.0, (value >> 8U & 0xFFU) / 255.0, (value & 0xFFU) / 255.0};
}

int weightIn(const Found& found, const SvgNode& node) {
    const auto text = node.attribute("font-weight").value_or("400");
    if (text == "normal") return 400;
    if (text == "bold") return 700;
    const auto value = numberIn(text);
    if (!value || *value < 100 || *value > 1000) {
        refuse(found, node, "needs font-weight normal, bold or 100 to 1000");
    }
    return static_cast<int>(*value);
}

Field::Anchor anchorIn(const Found& found, const SvgNode& node) {
    const auto text = node.attribute("text-anchor").value_or("start");
    if (text == "start") return Field::Anchor::Start;
    if (text == "middle") return Field::Anchor::Middle;
    if (text == "end") return Field::Anchor::End;
    refuse(found, node, "has text-anchor other than start, middle or end");
}

/// Every typeface of a font-family list: without quotes, one comma and space between.
std::vector<std::string> familiesIn(const std::string& list) {
    std::vector<std::string> families;
    std::istringstream words{list};
    for (std::string family; std::getline(words, family, ',');) {
        const auto first = family.find_first_not_of(" '\"");
        if (first == std::string::npos) continue;
        families.push_back(family.substr(first, family.find_last_not_of(" '\"") - first + 1));
    }
    return families;
}

std::string joined(const std::vector<std::string>& families) {
    std::string list;
    for (const auto& family : families) {
        list += (list.empty() ? "" : ", ") + family;
    }
    return list;
}

Field fieldIn(const Found& found, const SvgNode& node) {
    if (node.name != "text") refuse(found, node, "is a field; only <text> can be one");
    if (found.transformed || node.attribute("transform")) {
        refuse(found, node, "is a field under a transform; give its place on the sheet");
    }
    Field field;
    field.name = textOf(found, node, "zegel:field");
    field.line = node.line;
    field.x = lengthOf(found, node, "x") + (found.moving ? found.shift[0] : 0);
    field.y = lengthOf(found, node, "y") + (found.moving ? found.shift[1] : 0);
    field.width = lengthOf(found, node, "zegel:width");
    field.height = lengthOf(found, node, "zegel:height", 0);
    field.size = lengthOf(found, node, "font-size");
    field.smallest = lengthOf(found, node, "zegel:smallest", field.size);
    field.leading = lengthOf(found, node, "zegel:leading", field.size * 1.2);
    field.families = joined(familiesIn(textOf(found, node, "font-family")));
    field.weight = weightIn(found, node);
    field.anchor = anchorIn(found, node);
    field.colour = colourIn(found, node);
    field.before = node.attribute("zegel:before").value_or("");
    field.after = node.attribute("zegel:after").value_or("");
    if (field.size < 1 || field.smallest < 1 || field.smallest > field.size || field.leading <= 0 ||
        field.width <= 0) {
        refuse(found, node,
               "needs a width and letters of 1 mm or more, zegel:smallest at most as "
               "large as font-size");
    }
    return field;
}

Area areaIn(const Found& found, const SvgNode& node) {
    if (node.name != "rect") refuse(found, node, "is a zone; only <rect> can be one");
    return {lengthOf(found, node, "x"), lengthOf(found, node, "y"), lengthOf(found, node, "width"),
            lengthOf(found, node, "height")};
}

/// Whether the element stands on this kind of letter.
bool applies(const Found& found, const SvgNode& node) {
    const auto when = node.attribute("zegel:when");
    if (!when) return true;
    std::istringstream words{*when};
    bool all = true;
    for (std::string word; words >> word;) {
        if (word == "smart-card" || word == "usb-token") {
            all = all && word == found.variant.carrier;
        } else if (word == "puk" || word == "no-puk") {
            all = all && (word == "puk") == found.variant.puk;
        } else {
            refuse(found, node,
                   "has zegel:when=\"" + word + "\"; known are smart-card, usb-token, puk, no-puk");
        }
    }
    return all;
}

void expectKnown(const Found& found, const SvgNode& node) {
    static constexpr std::array Known{
        "zegel:field",   "zegel:width", "zegel:height", "zegel:before", "zegel:smallest",
        "zegel:leading", "zegel:after", "zegel:when",   "zegel:zone",   "zegel:moves"};
    static constexpr std::array Refused{"script", "foreignObject", "a", "animate", "use"};
    if (std::ranges::count(Refused, node.name) != 0)
        refuse(found, node, "has no place in a letter");
    for (const auto& [name, value] : node.attributes) {
        if (name.starts_with("zegel:") && std::ranges::count(Known, name) == 0) {
            refuse(found, node, "has the unknown attribute " + name);
        }
        const bool link = name == "href" || name == "xlink:href";
        if (link && !value.starts_with('#') && !value.starts_with("data:")) {
            refuse(found, node, "refers to another file; put the picture into the template");
        }
    }
}

/// Style attributes may hold the typeface: "font-family: Open Sans; fill: #000".
void noteFamilies(Found& found, const SvgNode& node) {
    std::string list = node.attribute("font-family").value_or("");
    const auto style = node.attribute("style").value_or("");
    if (const auto at = style.find("font-family:"); at != std::string::npos) {
        list += "," + style.substr(at + 12, style.find(';', at) - at - 12);
    }
    for (auto& family : familiesIn(list)) {
        if (std::ranges::count(found.families, family) == 0) found.families.push_back(family);
    }
}

void noteZone(Found& found, const SvgNode& node, const std::string& zone) {
    auto& place = zone == "window" ? found.window : found.codeZone;
    if (zone != "window" && zone != "codes") {
        refuse(found, node, "has zegel:zone=\"" + zone + "\"; known are window and codes");
    }
    if (place) refuse(found, node, "is a second zone " + zone);
    place = areaIn(found, node);
    if (zone == "window" && found.windowAt) {
        found.shift = {(*found.windowAt)[0] - place->x, (*found.windowAt)[1] - place->y};
        place->x = (*found.windowAt)[0];
        place->y = (*found.windowAt)[1];
    }
}

/// Zones come first: the window's place decides where other things go.
void takeZones(Found& found, SvgNode& node) {
    std::erase_if(node.children, [&](const SvgNode& child) {
        const auto zone = child.attribute("zegel:zone");
        if (!zone || !applies(found, child)) return false;
        noteZone(found, child, *zone);
        return true;
    });
    for (auto& child : node.children) {
        takeZones(found, child);
    }
}

void visit(Found& found, SvgNode& node);

/// Takes fields out of the tree, and what belongs on other letters.
void visitChildren(Found& found, SvgNode& node) {
    std::erase_if(node.children, [&](SvgNode& child) {
        if (child.name.empty()) return false;
        expectKnown(found, child);
        if (!applies(found, child)) return true;
        noteFamilies(found, child);
        if (child.attribute("zegel:field")) {
            found.fields.push_back(fieldIn(found, child));
            return true;
        }
        visit(found, child);
        return false;
    });
}

void visit(Found& found, SvgNode& node) {
    const auto before = std::pair{found.moving, found.transformed};
    if (node.attribute("transform")) found.transformed = true;
    if (const auto moves = node.attribute("zegel:moves")) {
        if (*moves != "window" || node.name != "g" || found.moving || found.transformed) {
            refuse(found, node, "can only be a plain <g> with zegel:moves=\"window\"");
        }
        found.moving = true;
    }
    visitChildren(found, node);
    if (found.moving && !before.first) {
        std::ostringstream shift;
        shift << "translate(" << found.shift[0] << ' ' << found.shift[1] << ')';
        node.setAttribute("transform", shift.str());
    }
    std::erase_if(node.attributes, [](const auto& attribute) {
        return attribute.first.starts_with("zegel:") || attribute.first == "xmlns:zegel";
    });
    std::tie(found.moving, found.transformed) = before;
}

void expectSheet(const Found& found, const SvgNode& root) {
    if (root.name != "svg" || root.attribute("viewBox") != "0 0 210 297" ||
        root.attribute("width") != "210mm" || root.attribute("height") != "297mm") {
        refuse(found, root,
               "is not <svg width=\"210mm\" height=\"297mm\" viewBox=\"0 0 210 297\">");
    }
    if (root.attribute("xmlns:zegel") != OurNamespace) {
        refuse(found, root, "needs xmlns:zegel=\"" + std::string{OurNamespace} + "\"");
    }
}

}  // namespace

LetterTemplate LetterTemplate::load(const std::string& path, const Variant& variant,
                                    std::optional<std::array<double, 2>> windowAt) {
    auto root = readSvg(path);
    Found found{path, variant, windowAt};
    expectSheet(found, root);
    expectKnown(found, root);
    noteFamilies(found, root);
    takeZones(found, root);
    if (!found.window) refuse(found, root, "has no <rect zegel:zone=\"window\">");
    if (!found.codeZone) refuse(found, root, "has no <rect zegel:zone=\"codes\">");
    visit(found, root);

    LetterTemplate loaded;
    loaded.path_ = path;
    loaded.fields_ = std::move(found.fields);
    loaded.families_ = std::move(found.families);
    loaded.window_ = *found.window;
    loaded.codeZone_ = *found.codeZone;
    expectRules(loaded, variant);
    loaded.fixedPart_ = writeSvg(root);
    return loaded;
}

}  // namespace zegel::press
