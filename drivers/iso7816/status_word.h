#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace zegel::iso7816 {

/// SW1-SW2, the card's answer to "did it work?" (ISO/IEC 7816-4:2020, 5.6).
/// A value, not an error: whether 6A82 is bad news is the caller's business.
class StatusWord {
public:
    constexpr explicit StatusWord(std::uint16_t value) noexcept : value_(value) {}

    constexpr StatusWord(std::uint8_t sw1, std::uint8_t sw2) noexcept
        : value_(static_cast<std::uint16_t>(sw1 << 8 | sw2)) {}

    constexpr std::uint16_t value() const noexcept { return value_; }
    constexpr std::uint8_t sw1() const noexcept { return static_cast<std::uint8_t>(value_ >> 8); }
    constexpr std::uint8_t sw2() const noexcept { return static_cast<std::uint8_t>(value_); }

    /// Verification tries left, when the card says so (63Cx); nothing otherwise.
    constexpr std::optional<int> triesLeft() const noexcept {
        if ((value_ & 0xFFF0) != 0x63C0) return std::nullopt;
        return value_ & 0x000F;
    }

    friend constexpr auto operator<=>(StatusWord, StatusWord) = default;

private:
    std::uint16_t value_;
};

namespace sw {
inline constexpr StatusWord Ok{0x9000};
inline constexpr StatusWord WrongLength{0x6700};
inline constexpr StatusWord LogicalChannelNotSupported{0x6881};
inline constexpr StatusWord SecureMessagingNotSupported{0x6882};
inline constexpr StatusWord LastCommandOfChainExpected{0x6883};
inline constexpr StatusWord ChainingNotSupported{0x6884};
inline constexpr StatusWord SecurityStatusNotSatisfied{0x6982};
inline constexpr StatusWord AuthenticationBlocked{0x6983};
inline constexpr StatusWord ConditionsNotSatisfied{0x6985};
inline constexpr StatusWord WrongData{0x6A80};
inline constexpr StatusWord FunctionNotSupported{0x6A81};
inline constexpr StatusWord FileNotFound{0x6A82};
inline constexpr StatusWord NotEnoughMemory{0x6A84};
inline constexpr StatusWord WrongParameters{0x6A86};
inline constexpr StatusWord ReferencedDataNotFound{0x6A88};
inline constexpr StatusWord WrongParameterValues{0x6B00};
inline constexpr StatusWord InstructionNotSupported{0x6D00};
inline constexpr StatusWord ClassNotSupported{0x6E00};
inline constexpr StatusWord NoPreciseDiagnosis{0x6F00};
}  // namespace sw

/// "6982 (security status not satisfied)"; the number alone when it has no standard meaning.
std::string describe(StatusWord status);

}  // namespace zegel::iso7816
