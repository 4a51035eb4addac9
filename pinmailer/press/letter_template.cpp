#include "pinmailer/press/letter_template.h"

#include "pinmailer/press/svg_tree.h"
#include "pinmailer/press/template_element.h"
#include "pinmailer/press/template_rules.h"

#include <algorithm>
#include <functional>
#include <map>
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
    const LetterKind* kind = nullptr;
    std::array<double, 2> shift{};  ///< of what moves with the window
    bool moving = false;
    bool transformed = false;
    std::map<std::string, Area, std::less<>> zones;
    std::vector<Field> fields;
    std::vector<FixedText> fixedTexts;
    std::vector<std::string> families;
};

TemplateElement at(const Found& found, const SvgNode& node) {
    return {found.path, node};
}

[[noreturn]] void refuse(const Found& found, const SvgNode& node, const std::string& why) {
    at(found, node).refuse(why);
}

Field fieldIn(const Found& found, const SvgNode& node) {
    if (node.name != "text") refuse(found, node, "is a field; only <text> can be one");
    if (found.transformed || node.attribute("transform")) {
        refuse(found, node, "is a field under a transform; give its place on the sheet");
    }
    const auto element = at(found, node);
    Field field;
    field.name = element.text("zegel:field");
    field.line = node.line;
    field.x = element.length("x") + (found.moving ? found.shift[0] : 0);
    field.y = element.length("y") + (found.moving ? found.shift[1] : 0);
    field.width = element.length("zegel:width");
    field.height = element.length("zegel:height", 0);
    field.size = element.length("font-size");
    field.smallest = element.length("zegel:smallest", field.size);
    field.leading = element.length("zegel:leading", field.size * 1.2);
    field.families = joined(familiesIn(element.text("font-family")));
    field.weight = element.weight();
    field.anchor = element.anchor();
    field.colour = element.colour();
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
    const auto element = at(found, node);
    return {element.length("x"), element.length("y"), element.length("width"),
            element.length("height")};
}

/// Whether the element stands on this letter.
bool applies(const Found& found, const SvgNode& node) {
    const auto when = node.attribute("zegel:when");
    if (!when) return true;
    std::istringstream words{*when};
    bool all = true;
    for (std::string word; words >> word;) {
        if (!found.kind->knowsWord(word)) {
            refuse(found, node,
                   "has zegel:when=\"" + word + "\"; a " + std::string{found.kind->name} +
                       " knows " + found.kind->wordList());
        }
        all = all && found.variant.holds(word);
    }
    return all;
}

void expectKnown(const Found& found, const SvgNode& node) {
    static constexpr std::array Known{"zegel:field",  "zegel:width",    "zegel:height",
                                      "zegel:before", "zegel:smallest", "zegel:leading",
                                      "zegel:after",  "zegel:when",     "zegel:zone",
                                      "zegel:moves",  "zegel:kind"};
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
    if (zone != "window" && zone != "codes" && zone != "mark") {
        refuse(found, node, "has zegel:zone=\"" + zone + "\"; known are window, codes and mark");
    }
    const auto [place, fresh] = found.zones.emplace(zone, areaIn(found, node));
    if (!fresh) refuse(found, node, "is a second zone " + zone);
    if (zone == "window" && found.windowAt) {
        auto& window = place->second;
        found.shift = {(*found.windowAt)[0] - window.x, (*found.windowAt)[1] - window.y};
        window.x = (*found.windowAt)[0];
        window.y = (*found.windowAt)[1];
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

/// Fixed words get a name, so that librsvg can tell where they stand.
void nameFixedText(Found& found, SvgNode& node) {
    if (node.name != "text") return;
    if (!node.attribute("id")) {
        node.setAttribute("id", "zegel-" + std::to_string(found.fixedTexts.size()));
    }
    found.fixedTexts.push_back({*node.attribute("id"), node.line, found.moving});
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
        nameFixedText(found, child);
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

const LetterKind& kindIn(const Found& found, const SvgNode& root) {
    const auto name = root.attribute("zegel:kind").value_or(std::string{PinLetter});
    if (const auto* kind = kindNamed(name)) return *kind;
    std::string known;
    for (const auto& kind : letterKinds())
        known.append(known.empty() ? "" : ", ").append(kind.name);
    refuse(found, root, "has zegel:kind=\"" + name + "\"; known are " + known);
}

/// Errors: SettingUnusable, but for a note's code zone, which must not be there.
Area zoneIn(const Found& found, const SvgNode& root, const char* zone) {
    const auto place = found.zones.find(zone);
    const bool wanted = found.kind->codes || zone != std::string_view{"codes"};
    if (wanted && place == found.zones.end()) {
        refuse(found, root, "has no <rect zegel:zone=\"" + std::string{zone} + "\">");
    }
    if (!wanted && place != found.zones.end()) {
        refuse(found, root,
               "has a code zone; a " + std::string{found.kind->name} + " holds no codes");
    }
    return wanted ? place->second : Area{};
}

}  // namespace

const LetterKind& LetterTemplate::kindAt(const std::string& path) {
    const auto root = readSvg(path);
    const Variant any;
    return kindIn(Found{path, any, std::nullopt}, root);
}

LetterTemplate LetterTemplate::load(const std::string& path, const Variant& variant,
                                    std::optional<std::array<double, 2>> windowAt) {
    auto root = readSvg(path);
    Found found{path, variant, windowAt};
    expectSheet(found, root);
    expectKnown(found, root);
    noteFamilies(found, root);
    found.kind = &kindIn(found, root);
    takeZones(found, root);

    LetterTemplate loaded;
    loaded.path_ = path;
    loaded.kind_ = found.kind;
    loaded.window_ = zoneIn(found, root, "window");
    loaded.codeZone_ = zoneIn(found, root, "codes");
    loaded.mark_ = zoneIn(found, root, "mark");
    visit(found, root);
    loaded.fields_ = std::move(found.fields);
    loaded.fixedTexts_ = std::move(found.fixedTexts);
    loaded.families_ = std::move(found.families);
    expectRules(loaded, variant);
    loaded.fixedPart_ = writeSvg(root);
    return loaded;
}

}  // namespace zegel::press
