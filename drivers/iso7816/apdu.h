#pragma once

#include "drivers/base/failure.h"
#include "drivers/base/secret.h"
#include "drivers/iso7816/status_word.h"

#include <string>

namespace zegel::iso7816 {

struct Header {
    std::uint8_t cla;
    std::uint8_t ins;
    std::uint8_t p1;
    std::uint8_t p2;
};

/// One command to the card, complete and immutable (ISO/IEC 7816-4:2020, 5.2).
/// Its bytes are wiped on destruction, so a command may carry a PIN; one that does is built
/// with `Withheld` and shows only its header and length in any transcript.
class CommandApdu {
public:
    enum class Body { Shown, Withheld };

    /// Ne, the most octets the answer may have (5.2): 0 none, 256 the most of a short command,
    /// 65536 the most of an extended one.
    static constexpr std::size_t AllShort = 256;
    static constexpr std::size_t AllExtended = 65536;

    /// Data at most 65535 octets, `expected` at most 65536. Encoded short when both fit
    /// (data <= 255, expected <= 256), extended otherwise. Whether the chip can take an
    /// extended one is the chaining channel's business (drivers/channel/chaining_channel.h).
    /// Errors: Defect when data or `expected` is larger.
    explicit CommandApdu(Header header, ByteView data = {}, std::size_t expected = 0,
                         Body body = Body::Shown);

    /// A command read from its octets, short or extended, cases 1 to 4.
    /// Errors: CardRefused when the lengths do not add up.
    static CommandApdu decoded(ByteView octets, Body body = Body::Shown);

    CommandApdu(CommandApdu&&) noexcept = default;
    CommandApdu& operator=(CommandApdu&&) noexcept = default;
    CommandApdu(const CommandApdu&) = delete;
    CommandApdu& operator=(const CommandApdu&) = delete;
    ~CommandApdu() = default;

    Header header() const noexcept { return header_; }
    Body body() const noexcept { return body_; }
    std::size_t dataSize() const noexcept { return dataSize_; }
    std::size_t expected() const noexcept { return expected_; }
    bool isExtended() const noexcept;
    /// All octets as they go to the reader.
    const SecretBytes& encoded() const noexcept { return encoded_; }
    /// Where the data field stands within `encoded()`.
    std::size_t dataOffset() const noexcept;

private:
    Header header_;
    std::size_t dataSize_;
    std::size_t expected_;
    Body body_;
    SecretBytes encoded_;
};

/// "00A40400 05 A000000308 00", or "00200080 [8 bytes withheld]". The only place where a command
/// becomes text.
std::string describe(const CommandApdu& command);

struct ResponseApdu {
    Bytes data;
    StatusWord status;
};

}  // namespace zegel::iso7816
