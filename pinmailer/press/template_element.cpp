#include "pinmailer/press/template_element.h"

#include "drivers/base/failure.h"

#include <charconv>
#include <cmath>
#include <sstream>

namespace zegel::press {
namespace {

std::optional<double> numberIn(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || !std::isfinite(value)) return std::nullopt;
    return value;
}

}  // namespace

double TemplateElement::length(const char* name, std::optional<double> otherwise) const {
    const auto text = node_.attribute(name);
    if (!text && otherwise) return *otherwise;
    const auto value = text ? numberIn(*text) : std::nullopt;
    if (!value || *value < 0 || *value > 1000) {
        refuse(std::string{"needs "} + name + ", a length in millimetres");
    }
    return *value;
}

std::string TemplateElement::text(const char* name) const {
    const auto text = node_.attribute(name);
    if (!text || text->empty()) refuse(std::string{"needs "} + name);
    return *text;
}

std::array<double, 3> TemplateElement::colour() const {
    const auto text = node_.attribute("fill").value_or("#000000");
    unsigned value = 0;
    const auto* start = text.data() + 1;
    const bool hex = text.size() == 7 && text[0] == '#' &&
                     std::from_chars(start, start + 6, value, 16).ptr == start + 6;
    if (!hex) refuse("needs fill like #20242c");
    return {(value >> 16U) / 255.0, (value >> 8U & 0xFFU) / 255.0, (value & 0xFFU) / 255.0};
}

int TemplateElement::weight() const {
    const auto text = node_.attribute("font-weight").value_or("400");
    if (text == "normal") return 400;
    if (text == "bold") return 700;
    const auto value = numberIn(text);
    if (!value || *value < 100 || *value > 1000) {
        refuse("needs font-weight normal, bold or 100 to 1000");
    }
    return static_cast<int>(*value);
}

Field::Anchor TemplateElement::anchor() const {
    const auto text = node_.attribute("text-anchor").value_or("start");
    if (text == "start") return Field::Anchor::Start;
    if (text == "middle") return Field::Anchor::Middle;
    if (text == "end") return Field::Anchor::End;
    refuse("has text-anchor other than start, middle or end");
}

void TemplateElement::refuse(const std::string& why) const {
    throw Failure{Fault::SettingUnusable,
                  path_ + ":" + std::to_string(node_.line) + ": <" + node_.name + "> " + why};
}

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

}  // namespace zegel::press
