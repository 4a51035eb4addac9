#include "config/strict_table.h"

#include "drivers/base/failure.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <sstream>
#include <toml++/toml.h>

namespace zegel::config {
namespace {

constexpr std::size_t LargestFile = std::size_t{1} << 20U;

[[noreturn]] void fail(const std::string& message) {
    throw Failure(Fault::SettingUnusable, message);
}

std::string place(const std::string& file, const toml::source_position& position) {
    return file + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

std::string contentOf(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) fail(path + ": cannot be opened; check that the file is there and may be read");
    std::string content;
    std::array<char, 4096> part{};
    do {
        in.read(part.data(), part.size());
        content.append(part.data(), static_cast<std::size_t>(in.gcount()));
    } while (in && content.size() <= LargestFile);
    // A folder opens and then cannot be read.
    if (in.bad()) fail(path + ": cannot be read; is it a file?");
    if (content.size() > LargestFile) fail(path + ": is larger than 1 MiB; is it the right file?");
    return content;
}

toml::table parsed(const std::string& path, const std::string& content) {
    try {
        return toml::parse(content, path);
    } catch (const toml::parse_error& error) {
        fail(place(path, error.source().begin) + ": " + std::string(error.description()) +
             "; correct it as TOML 1.0 wants");
    }
}

std::string_view kindOf(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::table: return "a table";
        case toml::node_type::array: return "a list";
        case toml::node_type::string: return "text";
        case toml::node_type::integer: return "a whole number";
        case toml::node_type::floating_point: return "a number with a fraction";
        case toml::node_type::boolean: return "true or false";
        default: return "a date or time";
    }
}

bool holdsControl(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet < 0x20 || octet == 0x7F;
    });
}

}  // namespace

struct StrictTable::Inner {
    std::shared_ptr<const toml::table> document;
    const toml::table* table = nullptr;
    std::string file;
    std::string path;  ///< of this table, with a dot behind: "pin."

    std::unique_ptr<Inner> below(const toml::table& inside, std::string name) const {
        return std::make_unique<Inner>(Inner{document, &inside, file, path + std::move(name)});
    }

    toml::source_position where(std::string_view key) const {
        const toml::node* node = table->get(key);
        return (node != nullptr ? node->source() : table->source()).begin;
    }

    [[noreturn]] void refuse(std::string_view key, const std::string& message) const {
        fail(place(file, where(key)) + ": " + path + std::string(key) + ": " + message);
    }

    void allowOnly(Keys keys) const {
        for (const auto& [key, node] : *table) {
            if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
            const std::vector<std::string_view> names(keys);
            const auto meant = nearest(key.str(), names);
            fail(place(file, key.source().begin) + ": " + path + std::string(key.str()) +
                 ": is not a key of this table; " +
                 (meant ? "did you mean " + std::string(*meant) + "?"
                        : "remove it, or use " + eitherOf(names)));
        }
    }

    const toml::node& wanted(std::string_view key, std::string_view kind) const {
        const toml::node* node = table->get(key);
        if (node == nullptr) refuse(key, "is missing; write " + std::string(kind));
        return *node;
    }

    [[noreturn]] void refuseKind(std::string_view key, const toml::node& node,
                                 std::string_view kind) const {
        refuse(key, "is " + std::string(kindOf(node)) + "; write " + std::string(kind));
    }

    std::string textIn(std::string_view key, const toml::node& node) const {
        const auto* text = node.as_string();
        if (text == nullptr) refuseKind(key, node, "text between quotes");
        if (text->get().empty()) refuse(key, "is empty; write something, or leave the key out");
        if (holdsControl(text->get())) refuse(key, "holds a control character; remove it");
        return text->get();
    }
};

StrictTable::StrictTable(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
StrictTable::StrictTable(StrictTable&&) noexcept = default;
StrictTable& StrictTable::operator=(StrictTable&&) noexcept = default;
StrictTable::~StrictTable() = default;

StrictTable StrictTable::read(const std::string& path, Keys keys) {
    auto document = std::make_shared<const toml::table>(parsed(path, contentOf(path)));
    const toml::table* top = document.get();
    auto inner = std::make_unique<Inner>(Inner{std::move(document), top, path, {}});
    inner->allowOnly(keys);
    return StrictTable(std::move(inner));
}

bool StrictTable::has(std::string_view key) const {
    return inner_->table->contains(key);
}

StrictTable StrictTable::table(std::string_view key, Keys keys) const {
    const std::string header = "a table: [" + inner_->path + std::string(key) + "]";
    const toml::node& node = inner_->wanted(key, header);
    const toml::table* inside = node.as_table();
    if (inside == nullptr) inner_->refuseKind(key, node, header);
    auto below = inner_->below(*inside, std::string(key) + ".");
    below->allowOnly(keys);
    return StrictTable(std::move(below));
}

std::optional<StrictTable> StrictTable::optionalTable(std::string_view key, Keys keys) const {
    if (!has(key)) return std::nullopt;
    return table(key, keys);
}

std::vector<StrictTable> StrictTable::tables(std::string_view key, Keys keys) const {
    const std::string header = "at least one table: [[" + inner_->path + std::string(key) + "]]";
    const toml::node& node = inner_->wanted(key, header);
    const toml::array* list = node.as_array();
    if (list == nullptr || list->empty()) inner_->refuseKind(key, node, header);
    std::vector<StrictTable> found;
    for (const toml::node& element : *list) {
        const toml::table* inside = element.as_table();
        if (inside == nullptr) inner_->refuseKind(key, element, header);
        auto below = inner_->below(
            *inside, std::string(key) + "[" + std::to_string(found.size() + 1) + "].");
        below->allowOnly(keys);
        found.push_back(StrictTable(std::move(below)));
    }
    return found;
}

std::string StrictTable::text(std::string_view key) const {
    return inner_->textIn(key, inner_->wanted(key, "text between quotes"));
}

std::string StrictTable::textOr(std::string_view key, std::string_view otherwise) const {
    return has(key) ? text(key) : std::string(otherwise);
}

std::vector<std::string> StrictTable::texts(std::string_view key) const {
    inner_->wanted(key, "a list of texts");
    auto list = textsIfAny(key);
    if (list.empty()) refuse(key, "is an empty list; write at least one");
    return list;
}

std::vector<std::string> StrictTable::textsIfAny(std::string_view key) const {
    const toml::node* node = inner_->table->get(key);
    if (node == nullptr) return {};
    const toml::array* list = node->as_array();
    if (list == nullptr) inner_->refuseKind(key, *node, "a list of texts");
    std::vector<std::string> found;
    for (const toml::node& element : *list) {
        std::string text = inner_->textIn(key, element);
        if (std::find(found.begin(), found.end(), text) != found.end()) {
            refuse(key, "names \"" + text + "\" twice; remove one");
        }
        found.push_back(std::move(text));
    }
    return found;
}

int StrictTable::number(std::string_view key, int least, int most) const {
    const std::string kind =
        "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    const toml::node& node = inner_->wanted(key, kind);
    const auto* number = node.as_integer();
    if (number == nullptr) inner_->refuseKind(key, node, kind);
    const std::int64_t value = number->get();
    if (value < least || value > most) {
        refuse(key, "is " + std::to_string(value) + "; write " + kind);
    }
    return static_cast<int>(value);
}

int StrictTable::numberOr(std::string_view key, int least, int most, int otherwise) const {
    return has(key) ? number(key, least, most) : otherwise;
}

bool StrictTable::flagOr(std::string_view key, bool otherwise) const {
    const toml::node* node = inner_->table->get(key);
    if (node == nullptr) return otherwise;
    const auto* flag = node->as_boolean();
    if (flag == nullptr) inner_->refuseKind(key, *node, "true or false");
    return flag->get();
}

void StrictTable::refuse(std::string_view key, const std::string& message) const {
    inner_->refuse(key, message);
}

void StrictTable::refuseChoice(std::string_view key, const std::string& said,
                               const std::vector<std::string_view>& names) const {
    const auto meant = nearest(said, names);
    refuse(key,
           "\"" + said + "\" is not known; " +
               (meant ? "did you mean " + std::string(*meant) + "?" : "write " + eitherOf(names)));
}

}  // namespace zegel::config
