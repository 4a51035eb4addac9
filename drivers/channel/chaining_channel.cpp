#include "drivers/channel/chaining_channel.h"

#include "drivers/iso7816/instructions.h"

#include <algorithm>
#include <utility>

namespace zegel::drivers {
namespace {

using iso7816::CommandApdu;
using iso7816::Header;
using iso7816::ResponseApdu;

constexpr std::size_t BlockSize = 255;
constexpr std::uint8_t MoreToCome = 0x61;
constexpr std::uint8_t WrongExpectedLength = 0x6C;
/// More than any object of any chip; a chip that goes on longer is broken or lies.
constexpr std::size_t LongestAnswer = 0x20000;
constexpr int MostRounds = 2048;

std::size_t lengthNamedBy(iso7816::StatusWord status) {
    return status.sw2() == 0 ? CommandApdu::AllShort : status.sw2();
}

CommandApdu withExpected(const CommandApdu& command, std::size_t expected) {
    return command.encoded().disclose(Disclosure::ToChip, [&](ByteView octets) {
        const auto body = octets.subspan(command.dataOffset(), command.dataSize());
        return CommandApdu{command.header(), body, expected, command.body()};
    });
}

/// What a recovered secret came in does not linger.
void append(ResponseApdu& all, ResponseApdu& part) {
    Bytes joined(all.data.size() + part.data.size());
    const auto rest = std::ranges::copy(all.data, joined.begin()).out;
    std::ranges::copy(part.data, rest);
    OPENSSL_cleanse(all.data.data(), all.data.size());
    OPENSSL_cleanse(part.data.data(), part.data.size());
    all.data = std::move(joined);
    all.status = part.status;
}

}  // namespace

ResponseApdu ChainingChannel::transmit(const CommandApdu& command) {
    if (!command.isExtended()) return sendOne(command);
    if (!extended_) return sendChained(command);
    auto response = sendOne(command);
    if (response.status != iso7816::sw::WrongLength) return response;
    auto chained = sendChained(command);
    extended_ = chained.status == iso7816::sw::WrongLength;
    return chained;
}

ResponseApdu ChainingChannel::sendChained(const CommandApdu& command) {
    const auto expected = std::min(command.expected(), CommandApdu::AllShort);
    auto header = command.header();
    return command.encoded().disclose(Disclosure::ToChip, [&](ByteView octets) {
        auto rest = octets.subspan(command.dataOffset(), command.dataSize());
        header.cla |= iso7816::ChainingBit;
        while (rest.size() > BlockSize) {
            auto response =
                inner_.transmit(CommandApdu{header, rest.first(BlockSize), 0, command.body()});
            if (response.status != iso7816::sw::Ok) return response;
            rest = rest.subspan(BlockSize);
        }
        return sendOne(CommandApdu{command.header(), rest, expected, command.body()});
    });
}

ResponseApdu ChainingChannel::sendOne(const CommandApdu& command) {
    return gather(command.header(), exchange(command));
}

ResponseApdu ChainingChannel::exchange(const CommandApdu& command) {
    auto response = inner_.transmit(command);
    if (response.status.sw1() != WrongExpectedLength) return response;
    return inner_.transmit(withExpected(command, lengthNamedBy(response.status)));
}

ResponseApdu ChainingChannel::gather(Header header, ResponseApdu response) {
    // GET RESPONSE keeps the logical channel of the command it completes, nothing else.
    const Header getResponse{static_cast<std::uint8_t>(header.cla & 0x03U),
                             iso7816::ins::GetResponse, 0, 0};
    for (int round = 0; response.status.sw1() == MoreToCome; ++round) {
        if (round == MostRounds || response.data.size() > LongestAnswer) {
            throw Failure{Fault::CardUntrusted, "the chip's answer never ends; reject the card"};
        }
        auto part = exchange(CommandApdu{getResponse, {}, lengthNamedBy(response.status)});
        append(response, part);
    }
    return response;
}

}  // namespace zegel::drivers
