#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zegel::config {

/// One table of a TOML file that people write, read strictly: a key nobody asked for, a wrong
/// type and a number out of range are errors that name file, line, column, key and what to do.
///
/// Every table is opened with the keys it may hold, so a slip of the pen ("digts") is answered
/// with the key that was meant. Errors of every call: SettingUnusable.
class StrictTable {
public:
    using Keys = std::initializer_list<std::string_view>;
    template <typename Value>
    using Choices = std::initializer_list<std::pair<std::string_view, Value>>;

    /// Reads a whole file; `keys` are those of its top level. At most 1 MiB.
    static StrictTable read(const std::string& path, Keys keys);

    StrictTable(StrictTable&&) noexcept;
    StrictTable& operator=(StrictTable&&) noexcept;
    StrictTable(const StrictTable&) = delete;
    StrictTable& operator=(const StrictTable&) = delete;
    ~StrictTable();

    bool has(std::string_view key) const;
    StrictTable table(std::string_view key, Keys keys) const;
    std::optional<StrictTable> optionalTable(std::string_view key, Keys keys) const;
    /// An array of tables ("[[key]]"); at least one.
    std::vector<StrictTable> tables(std::string_view key, Keys keys) const;

    /// Text that is not empty and holds no control characters.
    std::string text(std::string_view key) const;
    std::string textOr(std::string_view key, std::string_view otherwise) const;
    /// At least one, none twice.
    std::vector<std::string> texts(std::string_view key) const;
    /// May be absent or empty; none twice.
    std::vector<std::string> textsIfAny(std::string_view key) const;

    int number(std::string_view key, int least, int most) const;
    int numberOr(std::string_view key, int least, int most, int otherwise) const;
    bool flagOr(std::string_view key, bool otherwise) const;

    template <typename Value>
    Value choice(std::string_view key, Choices<Value> choices) const {
        const std::string said = text(key);
        for (const auto& [name, value] : choices) {
            if (name == said) return value;
        }
        std::vector<std::string_view> names;
        for (const auto& [name, value] : choices)
            names.push_back(name);
        refuseChoice(key, said, names);
    }

    /// Throws SettingUnusable: "<file>:<line>:<column>: <key>: <what is wrong and what to do>".
    [[noreturn]] void refuse(std::string_view key, const std::string& message) const;

private:
    struct Inner;
    explicit StrictTable(std::unique_ptr<Inner> inner);
    [[noreturn]] void refuseChoice(std::string_view key, const std::string& said,
                                   const std::vector<std::string_view>& names) const;

    std::unique_ptr<Inner> inner_;
};

/// "a, b or c", for messages.
std::string eitherOf(const std::vector<std::string_view>& names);

/// The name that differs least from what was written, when a slip of the pen explains it.
std::optional<std::string_view> nearest(std::string_view written,
                                        const std::vector<std::string_view>& names);

}  // namespace zegel::config
