#pragma once

#include "drivers/base/bytes.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <unordered_map>

namespace zegel::tests {

/// Codes and keys that no file of the house may hold (truth 4). Eight digits are now and then found
/// by chance amid the hexadecimal digits of keys and digests: digits count where they stand alone.
class Secrets {
public:
    /// At least 8 octets.
    void add(Bytes secret);
    /// Non-fatal expectations.
    void expectNowhereIn(const std::filesystem::path& folder) const;
    bool standIn(const Bytes& content) const;

private:
    using Head = std::array<std::uint8_t, 8>;
    struct Hash {
        std::size_t operator()(const Head& head) const noexcept {
            std::uint64_t number = 0;
            std::memcpy(&number, head.data(), sizeof number);
            return std::hash<std::uint64_t>{}(number);
        }
    };
    static Head headOf(const std::uint8_t* from);
    static bool standsAt(const Bytes& content, std::size_t at, const Bytes& secret);

    std::unordered_multimap<Head, Bytes, Hash> secrets_;
};

}  // namespace zegel::tests
