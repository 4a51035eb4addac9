#pragma once

#include "drivers/base/bytes.h"

#include <cstdint>
#include <string_view>

namespace zegel::press {

/// Walks DER (X.690) of which every element is expected by tag, low tags only. Indefinite and
/// padded lengths are refused: what is checked here must be what OpenSSL decrypts.
/// Errors of every call: SealBroken naming the element.
class StrictDer {
public:
    explicit StrictDer(ByteView der) noexcept : rest_(der) {}

    bool empty() const noexcept { return rest_.empty(); }
    bool nextIs(std::uint8_t tag) const noexcept { return !rest_.empty() && rest_[0] == tag; }

    /// The content octets of the next element.
    ByteView take(std::uint8_t tag, std::string_view what);
    void expectEnd(std::string_view what) const;

    static constexpr std::uint8_t Integer = 0x02;
    static constexpr std::uint8_t OctetString = 0x04;
    static constexpr std::uint8_t ObjectId = 0x06;
    static constexpr std::uint8_t Sequence = 0x30;
    static constexpr std::uint8_t Set = 0x31;
    static constexpr std::uint8_t context(unsigned number, bool constructed) noexcept {
        return static_cast<std::uint8_t>((constructed ? 0xA0U : 0x80U) | number);
    }

private:
    std::size_t takeLength(std::string_view what);

    ByteView rest_;
};

}  // namespace zegel::press
