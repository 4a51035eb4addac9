#pragma once

#include <cstdint>
#include <string_view>

namespace zegel::iso7816 {

/// Instruction codes of the interindustry commands we send (ISO/IEC 7816-4:2020, table 5;
/// -8: GENERATE ASYMMETRIC KEY PAIR).
namespace ins {
inline constexpr std::uint8_t Verify = 0x20;
inline constexpr std::uint8_t ChangeReferenceData = 0x24;
inline constexpr std::uint8_t ResetRetryCounter = 0x2C;
inline constexpr std::uint8_t GenerateKeyPair = 0x47;
inline constexpr std::uint8_t GeneralAuthenticate = 0x87;
inline constexpr std::uint8_t Select = 0xA4;
inline constexpr std::uint8_t GetResponse = 0xC0;
inline constexpr std::uint8_t GetDataEven = 0xCA;
inline constexpr std::uint8_t GetData = 0xCB;
inline constexpr std::uint8_t PutData = 0xDB;
}  // namespace ins

/// CLA bit that says "more blocks of this command follow" (ISO/IEC 7816-4:2020, 5.3.3).
inline constexpr std::uint8_t ChainingBit = 0x10;

}  // namespace zegel::iso7816
