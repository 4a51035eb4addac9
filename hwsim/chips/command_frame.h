#pragma once

#include "drivers/base/bytes.h"

#include <cstdint>
#include <optional>

namespace zegel::hwsim {

/// What a card answers: SW1-SW2 with the meaning ISO/IEC 7816-4:2020, 5.6 and NIST SP 800-73-4
/// part 2 give them. The simulator's own list.
enum class Status : std::uint16_t {
    Ok = 0x9000,
    WrongLength = 0x6700,
    LogicalChannels = 0x6881,
    SecureMessaging = 0x6882,
    LastOfChainExpected = 0x6883,
    SecurityStatus = 0x6982,
    Blocked = 0x6983,
    Conditions = 0x6985,
    WrongData = 0x6A80,
    NotSupported = 0x6A81,
    NotFound = 0x6A82,
    NoRoom = 0x6A84,
    WrongP1P2 = 0x6A86,
    NoSuchReference = 0x6A88,
    UnknownInstruction = 0x6D00,
    UnknownClass = 0x6E00,
    Broken = 0x6F00,
};

/// 63CX: the comparison failed, X tries are left (at most 15 can be told).
Status triesLeft(int tries) noexcept;

/// One command as it came through the contacts.
/// Source: ISO/IEC 7816-4:2020, 5.2 (cases 1 to 4, short and extended).
struct CommandFrame {
    std::uint8_t cla = 0;
    std::uint8_t ins = 0;
    std::uint8_t p1 = 0;
    std::uint8_t p2 = 0;
    Bytes data{};
    std::size_t expected = 0;  ///< Ne; 0 when there was no Le
    bool extended = false;
};

/// Nothing when the lengths do not add up.
std::optional<CommandFrame> readCommand(ByteView octets);

struct Answer {
    Status status = Status::Ok;
    Bytes data{};
};

}  // namespace zegel::hwsim
