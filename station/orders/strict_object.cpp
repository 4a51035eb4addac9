#include "station/orders/strict_object.h"

#include "station/orders/written_text.h"

#include <algorithm>
#include <cmath>

namespace zegel::station {
namespace {

/// A foreign name in a message: short and harmless.
std::string shown(std::string_view name) {
    constexpr std::size_t Longest = 40;
    if (name.size() > Longest || objectionTo(name)) return "(unreadable name)";
    return std::string(name);
}

std::string listed(std::span<const std::string_view> fields) {
    std::string list;
    for (const auto field : fields) {
        if (field == "$schema") continue;
        list += (list.empty() ? "" : ", ") + std::string(field);
    }
    return list;
}

}  // namespace

void Complaints::add(std::size_t line, const std::string& field, const std::string& message) {
    complaints_.push_back("line " + std::to_string(line) + ": " +
                          (field.empty() ? message : field + ": " + message));
}

std::string Complaints::joined() const {
    std::string text;
    for (const auto& complaint : complaints_)
        text += (text.empty() ? "" : " | ") + complaint;
    return text;
}

StrictObject::StrictObject(const JsonNode& node, std::string path, Complaints& complaints,
                           std::span<const std::string_view> fields)
    : node_(node), path_(std::move(path)), complaints_(complaints) {
    for (auto member = node.members.begin(); member != node.members.end(); ++member) {
        const auto complainOf = [&](const std::string& message) {
            complaints_.add(member->line, path_ + shown(member->name), message);
        };
        if (std::find(fields.begin(), fields.end(), member->name) == fields.end()) {
            complainOf("is not known here; remove it, the fields are " + listed(fields));
        } else if (std::any_of(node.members.begin(), member, [&](const JsonMember& before) {
                       return before.name == member->name;
                   })) {
            complainOf("stands here twice; keep the one that is meant");
        }
    }
}

const JsonNode* StrictObject::find(std::string_view field) const {
    const auto found = std::find_if(node_.members.begin(), node_.members.end(),
                                    [&](const JsonMember& member) { return member.name == field; });
    return found == node_.members.end() ? nullptr : &found->value;
}

void StrictObject::complain(std::string_view field, const std::string& message) const {
    const JsonNode* node = find(field);
    complaints_.add(node != nullptr ? node->line : node_.line, path_ + std::string(field), message);
}

std::optional<std::string> StrictObject::textOf(std::string_view field, const JsonNode& node,
                                                const TextRule& rule) const {
    const auto refuse = [&](const std::string& message) {
        complaints_.add(node.line, path_ + std::string(field), message);
        return std::nullopt;
    };
    if (node.kind != JsonNode::Kind::Text) {
        return refuse("is " + std::string(nameOf(node.kind)) + "; write text between quotes");
    }
    const auto text = rule.asTyped ? tidied(node.text) : node.text;
    if (text.empty()) return refuse("is empty; fill it in");
    if (const auto objection = objectionTo(text)) return refuse(*objection);
    // No text has more characters than octets: most are not counted.
    const std::size_t characters = text.size() <= rule.longest ? 0 : charactersIn(text);
    if (characters > rule.longest) {
        return refuse("has " + std::to_string(characters) + " characters; shorten it to " +
                      std::to_string(rule.longest));
    }
    if (rule.fits != nullptr && !rule.fits(text)) {
        return refuse("\"" + text + "\" does not have its form; write " + std::string(rule.form));
    }
    if (rule.printable == nullptr) return text;
    if (const auto strange = cardprofiles::unprintableIn(text, *rule.printable)) {
        return refuse("holds " + *strange +
                      ", which the letter of its profile cannot print; write it otherwise");
    }
    return text;
}

std::string StrictObject::text(std::string_view field, const TextRule& rule) const {
    const JsonNode* node = find(field);
    if (node == nullptr) {
        complain(field, "is missing; fill it in");
        return {};
    }
    return textOf(field, *node, rule).value_or("");
}

std::optional<std::string> StrictObject::textIfAny(std::string_view field,
                                                   const TextRule& rule) const {
    const JsonNode* node = find(field);
    if (node == nullptr) return std::nullopt;
    return textOf(field, *node, rule);
}

std::vector<std::string> StrictObject::texts(std::string_view field, std::size_t least,
                                             std::size_t most, const TextRule& rule) const {
    const std::string wanted =
        "write a list of " + std::to_string(least) + " to " + std::to_string(most) + " texts";
    const JsonNode* node = find(field);
    if (node == nullptr) {
        complain(field, "is missing; " + wanted);
        return {};
    }
    if (node->kind != JsonNode::Kind::List) {
        complain(field, "is " + std::string(nameOf(node->kind)) + "; " + wanted);
        return {};
    }
    if (node->items.size() < least || node->items.size() > most) {
        complain(field, "has " + std::to_string(node->items.size()) + " entries; " + wanted);
        return {};
    }
    std::vector<std::string> found;
    for (const auto& item : node->items) {
        if (auto text = textOf(field, item, rule)) found.push_back(std::move(*text));
    }
    return found;
}

std::optional<std::size_t> StrictObject::count(std::string_view field) const {
    constexpr double Largest = 1e9;
    const JsonNode* node = find(field);
    if (node == nullptr) {
        complain(field, "is missing; write how many orders there are");
        return std::nullopt;
    }
    const double number = node->number;
    if (node->kind != JsonNode::Kind::Number || number < 0 || number > Largest ||
        std::trunc(number) != number) {
        complain(field, "is no count; write how many orders there are");
        return std::nullopt;
    }
    return static_cast<std::size_t>(number);
}

bool StrictObject::flag(std::string_view field) const {
    const JsonNode* node = find(field);
    if (node == nullptr) return false;
    if (node->kind != JsonNode::Kind::Flag)
        complain(field, "is " + std::string(nameOf(node->kind)) + "; write true or false");
    return node->flag;
}

const JsonNode* StrictObject::object(std::string_view field) const {
    const JsonNode* node = find(field);
    if (node == nullptr) {
        complain(field, "is missing; fill it in");
        return nullptr;
    }
    if (node->kind != JsonNode::Kind::Object) {
        complain(field, "is " + std::string(nameOf(node->kind)) + "; write an object: { ... }");
        return nullptr;
    }
    return node;
}

}  // namespace zegel::station
