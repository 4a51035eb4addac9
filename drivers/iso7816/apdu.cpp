#include "drivers/iso7816/apdu.h"

#include "drivers/base/hex.h"

#include <algorithm>
#include <array>

namespace zegel::iso7816 {
namespace {

constexpr std::size_t HeaderSize = 4;
constexpr std::size_t LongestShortData = 255;

bool needsExtended(std::size_t dataSize, std::size_t expected) noexcept {
    return dataSize > LongestShortData || expected > CommandApdu::AllShort;
}

std::size_t encodedSize(std::size_t dataSize, std::size_t expected) noexcept {
    const bool extended = needsExtended(dataSize, expected);
    std::size_t size = HeaderSize + dataSize;
    if (dataSize > 0) size += extended ? 3 : 1;
    if (expected > 0) size += extended ? (dataSize > 0 ? 2 : 3) : 1;
    return size;
}

std::uint8_t high(std::size_t value) noexcept {
    return static_cast<std::uint8_t>(value >> 8U);
}

std::uint8_t low(std::size_t value) noexcept {
    return static_cast<std::uint8_t>(value);
}

void encode(std::span<std::uint8_t> out, Header header, ByteView data, std::size_t expected) {
    const bool extended = needsExtended(data.size(), expected);
    auto at = out.begin();
    const auto put = [&at](std::uint8_t octet) { *at++ = octet; };
    for (const auto octet : {header.cla, header.ins, header.p1, header.p2})
        put(octet);
    if (!data.empty()) {
        if (extended) {
            put(0);
            put(high(data.size()));
        }
        put(low(data.size()));
        at = std::ranges::copy(data, at).out;
    }
    if (expected == 0) return;
    if (extended) {
        if (data.empty()) put(0);
        put(high(expected));
    }
    put(low(expected));  // 256 and 65536 are written as zero
}

}  // namespace

CommandApdu::CommandApdu(Header header, ByteView data, std::size_t expected, Body body)
    : header_(header),
      dataSize_(data.size()),
      expected_(expected),
      body_(body),
      encoded_(encodedSize(data.size(), expected)) {
    if (data.size() > 65535) throw Failure{Fault::Defect, "command data exceeds 65535 bytes"};
    if (expected > AllExtended) throw Failure{Fault::Defect, "expected length exceeds 65536"};
    encoded_.fill([&](std::span<std::uint8_t> out) { encode(out, header, data, expected); });
}

CommandApdu CommandApdu::decoded(ByteView octets, Body body) {
    const auto broken = [] {
        return Failure{Fault::CardRefused, "not a command APDU: lengths do not add up"};
    };
    if (octets.size() < HeaderSize) throw broken();
    const Header header{octets[0], octets[1], octets[2], octets[3]};
    const auto rest = octets.subspan(HeaderSize);
    if (rest.empty()) return CommandApdu{header, {}, 0, body};
    if (rest.size() == 1) return CommandApdu{header, {}, rest[0] == 0 ? AllShort : rest[0], body};
    if (rest[0] != 0) {
        const std::size_t length = rest[0];
        if (rest.size() == 1 + length) return CommandApdu{header, rest.subspan(1), 0, body};
        if (rest.size() != 2 + length) throw broken();
        const std::size_t expected = rest.back() == 0 ? AllShort : rest.back();
        return CommandApdu{header, rest.subspan(1, length), expected, body};
    }
    if (rest.size() < 3) throw broken();
    const auto pair = [](ByteView two) { return static_cast<std::size_t>(two[0]) << 8U | two[1]; };
    const auto length = pair(rest.subspan(1));
    if (rest.size() == 3) return CommandApdu{header, {}, length == 0 ? AllExtended : length, body};
    if (length == 0) throw broken();
    if (rest.size() == 3 + length) return CommandApdu{header, rest.subspan(3), 0, body};
    if (rest.size() != 5 + length) throw broken();
    const auto expected = pair(rest.last(2));
    return CommandApdu{header, rest.subspan(3, length), expected == 0 ? AllExtended : expected,
                       body};
}

bool CommandApdu::isExtended() const noexcept {
    return needsExtended(dataSize_, expected_);
}

std::size_t CommandApdu::dataOffset() const noexcept {
    if (dataSize_ == 0) return HeaderSize;
    return HeaderSize + (isExtended() ? 3 : 1);
}

std::string describe(const CommandApdu& command) {
    const auto [cla, ins, p1, p2] = command.header();
    const std::array<std::uint8_t, 4> head{cla, ins, p1, p2};
    if (command.body() == CommandApdu::Body::Withheld) {
        return toHex(head) + " [" + std::to_string(command.dataSize()) + " bytes withheld]";
    }
    return command.encoded().disclose(Disclosure::ToTranscript, [&](ByteView bytes) {
        auto text = toHex(head);
        const auto lengthField = bytes.subspan(HeaderSize, command.dataOffset() - HeaderSize);
        const auto data = bytes.subspan(command.dataOffset(), command.dataSize());
        const auto expected = bytes.subspan(command.dataOffset() + command.dataSize());
        for (const auto part : {lengthField, data, expected}) {
            if (!part.empty()) text += " " + toHex(part);
        }
        return text;
    });
}

}  // namespace zegel::iso7816
