#pragma once

#include "cardprofiles/letter_characters.h"
#include "station/orders/json_node.h"

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zegel::station {

/// Everything that is wrong with one order, batch or receipt, so that it can be mended in one go.
class Complaints {
public:
    void add(std::size_t line, const std::string& field, const std::string& message);
    bool empty() const noexcept { return complaints_.empty(); }
    std::size_t count() const noexcept { return complaints_.size(); }
    /// "line 4: manager.address: is missing; ...", several with " | " between them.
    std::string joined() const;

private:
    std::vector<std::string> complaints_;
};

/// What a text field may hold.
struct TextRule {
    std::size_t longest = 64;                  ///< characters
    bool (*fits)(std::string_view) = nullptr;  ///< a form it must have, beside being readable
    std::string_view form = {};                ///< that form in words: "eight digits"
    /// What the letter can print on which it stands; none: it stands on no letter.
    const cardprofiles::LetterCharacters* printable = nullptr;
    bool asTyped = false;  ///< any white space is taken, and given as one space, none at the ends
};

/// One JSON object read strictly: unknown, repeated and missing fields, wrong types and texts
/// out of their form become complaints. After a complaint the value given is empty.
class StrictObject {
public:
    using Fields = std::initializer_list<std::string_view>;

    /// `path` is the object's own name with a dot behind, "" at the top.
    StrictObject(const JsonNode& node, std::string path, Complaints& complaints, Fields fields)
        : StrictObject(node, std::move(path), complaints,
                       std::span<const std::string_view>{fields.begin(), fields.size()}) {}
    StrictObject(const JsonNode& node, std::string path, Complaints& complaints,
                 std::span<const std::string_view> fields);

    std::string text(std::string_view field, const TextRule& rule) const;
    std::optional<std::string> textIfAny(std::string_view field, const TextRule& rule) const;
    std::vector<std::string> texts(std::string_view field, std::size_t least, std::size_t most,
                                   const TextRule& rule) const;
    std::optional<std::size_t> count(std::string_view field) const;
    /// False where it is missing.
    bool flag(std::string_view field) const;
    /// An object inside; its fields are for another StrictObject. Nothing after a complaint.
    const JsonNode* object(std::string_view field) const;
    const JsonNode* find(std::string_view field) const;

    void complain(std::string_view field, const std::string& message) const;

private:
    std::optional<std::string> textOf(std::string_view field, const JsonNode& node,
                                      const TextRule& rule) const;

    const JsonNode& node_;
    std::string path_;
    Complaints& complaints_;
};

}  // namespace zegel::station
