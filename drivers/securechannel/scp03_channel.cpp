#include "drivers/securechannel/scp03_channel.h"

#include "drivers/base/hex.h"

#include <algorithm>
#include <string>
#include <utility>

namespace zegel::securechannel {
namespace {

using iso7816::CommandApdu;
using iso7816::Header;
using iso7816::ResponseApdu;
using iso7816::StatusWord;

constexpr std::uint8_t SecureMessaging = 0x04;
constexpr std::uint8_t AnyClassBits = 0x7F;
constexpr Header ExternalAuthenticate{0x80, 0x82, 0, 0};
constexpr std::size_t MacLength = 8;
constexpr std::size_t BlockLength = 16;
constexpr std::size_t LongestBody = 255;
constexpr std::uint8_t PaddingMark = 0x80;
constexpr std::uint8_t AnswerCounterMark = 0x80;

// Bits of a level.
constexpr std::uint8_t CommandEncryptionBit = 0x02;
constexpr std::uint8_t AnswerMacBit = 0x10;
constexpr std::uint8_t AnswerEncryptionBit = 0x20;

constexpr std::uint8_t bitsOf(Scp03Level level) noexcept {
    return static_cast<std::uint8_t>(level);
}

/// Only these answers carry data and a MAC ([GP-D] 6.2.5).
bool isProtected(StatusWord status) noexcept {
    return status == iso7816::sw::Ok || status.sw1() == 0x62 || status.sw1() == 0x63;
}

void requireAbility(const Scp03Opening& opening, Scp03Level level) {
    const auto bits = bitsOf(level);
    const bool able = ((bits & AnswerMacBit) == 0 || opening.canMacAnswers()) &&
                      ((bits & AnswerEncryptionBit) == 0 || opening.canEncryptAnswers());
    if (able) return;
    throw Failure{Fault::CardUnsuitable, "the card (SCP03 i=" + toHex({&opening.options, 1}) +
                                             ") cannot protect its answers at level " +
                                             toHex(Bytes{bits}) + "; choose a level it can"};
}

void requirePredictedChallenge(const Scp03Opening& opening, CmacKey& enc, ByteView application) {
    if (application.empty() || !opening.hasPseudoRandomChallenge()) return;
    auto context = opening.sequence;
    context.insert(context.end(), application.begin(), application.end());
    const auto predicted =
        deriveScp03(enc, Scp03Derivation::CardChallenge, context, Scp03Opening::ChallengeLength);
    if (sameSecret(predicted, secretOf(opening.cardChallenge))) return;
    throw Failure{Fault::CardUntrusted,
                  "the card's challenge is not the one its keys would make; EXTERNAL AUTHENTICATE "
                  "was not sent: check the keys, else reject the card"};
}

/// Both sides prove S-MAC over both challenges.
SecretBytes cryptogramOf(Scp03Derivation side, CmacKey& mac, const Scp03Opening& opening) {
    auto context = opening.hostChallenge;
    context.insert(context.end(), opening.cardChallenge.begin(), opening.cardChallenge.end());
    return deriveScp03(mac, side, context, MacLength);
}

}  // namespace

Scp03Channel::Scp03Channel(drivers::Channel& card, Scp03SessionKeys keys, Scp03Level level)
    : card_(card),
      level_(level),
      enc_(std::move(keys.enc)),
      mac_(std::move(keys.mac)),
      answerMac_(std::move(keys.answerMac)) {}

Scp03Channel::Scp03Channel(drivers::Channel& card, const Scp03Opening& opening,
                           const Scp03CardKeys& keys, const Scp03Terms& terms)
    : Scp03Channel(card, deriveSessionKeys(keys, opening.hostChallenge, opening.cardChallenge),
                   terms.level) {
    requireAbility(opening, level_);
    requirePredictedChallenge(opening, keys.enc, terms.application);
    authenticate(opening);
}

void Scp03Channel::authenticate(const Scp03Opening& opening) {
    const auto expected = cryptogramOf(Scp03Derivation::CardCryptogram, mac_, opening);
    if (!sameSecret(expected, secretOf(opening.cardCryptogram))) {
        throw Failure{Fault::CardUntrusted,
                      "the card does not know the keys of version " +
                          toHex({&opening.keyVersion, 1}) +
                          "; EXTERNAL AUTHENTICATE was not sent, so no try was lost: check the "
                          "keys before this card is met again"};
    }
    auto header = ExternalAuthenticate;
    header.p1 = bitsOf(level_);
    const auto ours = cryptogramOf(Scp03Derivation::HostCryptogram, mac_, opening);
    const auto status = ours.disclose(Disclosure::ToChip, [&](ByteView cryptogram) {
        return card_.transmit(withMac(header, cryptogram, 0, CommandApdu::Body::Shown)).status;
    });
    if (status != iso7816::sw::Ok) {
        throw Failure{Fault::CardRefused,
                      "the card answered EXTERNAL AUTHENTICATE with " + describe(status) +
                          "; it may count this as a failed try: set it aside, do not repeat"};
    }
    open_ = true;
}

ResponseApdu Scp03Channel::transmit(const CommandApdu& command) {
    if (!open_) {
        throw Failure{Fault::CardUntrusted,
                      "the secure channel to the card has ended; meet the card afresh"};
    }
    requireFit(command);
    open_ = false;  // until the answer shows that both sides still count alike
    ++counter_;
    auto response = card_.transmit(wrapped(command));
    unwrap(response);
    open_ = true;
    return response;
}

std::size_t Scp03Channel::longestData(Scp03Level level) noexcept {
    constexpr auto Room = LongestBody - MacLength;
    // Padding takes one octet at least.
    return (bitsOf(level) & CommandEncryptionBit) != 0 ? Room / BlockLength * BlockLength - 1
                                                       : Room;
}

void Scp03Channel::requireFit(const CommandApdu& command) const {
    if ((command.header().cla & AnyClassBits) != 0) {
        throw Failure{Fault::Defect, "SCP03 takes commands of class 00 and 80, not " +
                                         toHex(Bytes{command.header().cla})};
    }
    if (command.dataSize() <= longestData(level_) && command.expected() <= CommandApdu::AllShort) {
        return;
    }
    throw Failure{Fault::Defect, "SCP03 takes short commands of at most " +
                                     std::to_string(longestData(level_)) +
                                     " octets of data at this level; cut it"};
}

bool Scp03Channel::protects(std::uint8_t what) const noexcept {
    return (bitsOf(level_) & what) != 0;
}

CommandApdu Scp03Channel::wrapped(const CommandApdu& command) {
    auto expected = command.expected();
    if (expected != 0 && protects(AnswerMacBit)) expected = CommandApdu::AllShort;
    return command.encoded().disclose(Disclosure::ToCipher, [&](ByteView octets) {
        const auto body = octets.subspan(command.dataOffset(), command.dataSize());
        if (body.empty() || !protects(CommandEncryptionBit)) {
            return withMac(command.header(), body, expected, command.body());
        }
        return encrypted(body).disclose(Disclosure::ToChip, [&](ByteView ciphertext) {
            return withMac(command.header(), ciphertext, expected, command.body());
        });
    });
}

SecretBytes Scp03Channel::encrypted(ByteView body) {
    SecretBytes blocks{(body.size() / BlockLength + 1) * BlockLength};
    blocks.fill([&](std::span<std::uint8_t> out) {
        *std::ranges::copy(body, out.begin()).out = PaddingMark;
        encryptBlocks(enc_, startingBlock(0), out);
    });
    return blocks;
}

/// The counter under S-ENC, so that equal commands never look alike ([GP-D] 6.2.6, 6.2.7).
AesBlock Scp03Channel::startingBlock(std::uint8_t first) const {
    AesBlock block{};
    auto rest = counter_;
    for (auto at = block.rbegin(); rest != 0; ++at, rest >>= 8U) {
        *at = static_cast<std::uint8_t>(rest);
    }
    block.front() = first;
    return encryptBlock(enc_, block);
}

CommandApdu Scp03Channel::withMac(Header header, ByteView body, std::size_t expected,
                                  CommandApdu::Body shown) {
    header.cla |= SecureMessaging;
    const std::array<std::uint8_t, 5> head{header.cla, header.ins, header.p1, header.p2,
                                           static_cast<std::uint8_t>(body.size() + MacLength)};
    SecretBytes covered{chaining_.size() + head.size() + body.size()};
    covered.fill([&](std::span<std::uint8_t> out) {
        auto at = std::ranges::copy(chaining_, out.begin()).out;
        at = std::ranges::copy(head, at).out;
        std::ranges::copy(body, at);
    });
    chaining_ = covered.disclose(Disclosure::ToCipher,
                                 [&](ByteView message) { return mac_.cmac(message); });
    SecretBytes whole{body.size() + MacLength};
    whole.fill([&](std::span<std::uint8_t> out) {
        std::copy_n(chaining_.begin(), MacLength, std::ranges::copy(body, out.begin()).out);
    });
    return whole.disclose(Disclosure::ToChip, [&](ByteView octets) {
        return CommandApdu{header, octets, expected, shown};
    });
}

void Scp03Channel::unwrap(ResponseApdu& response) {
    if (!protects(AnswerMacBit)) return;
    if (!isProtected(response.status)) {
        response.data.clear();  // nobody vouches for it
        return;
    }
    checkMac(response);
    if (protects(AnswerEncryptionBit) && !response.data.empty()) decrypt(response.data);
}

void Scp03Channel::checkMac(ResponseApdu& response) {
    const Failure untrusted{Fault::CardUntrusted,
                            "an answer does not carry the card's own MAC; somebody may stand "
                            "between the station and the card: reject the card"};
    if (response.data.size() < MacLength) throw Failure{untrusted};
    const auto bodyLength = response.data.size() - MacLength;
    SecretBytes covered{chaining_.size() + bodyLength + 2};
    covered.fill([&](std::span<std::uint8_t> out) {
        auto at = std::ranges::copy(chaining_, out.begin()).out;
        at = std::copy_n(response.data.begin(), bodyLength, at);
        *at++ = response.status.sw1();
        *at = response.status.sw2();
    });
    const auto expected = covered.disclose(
        Disclosure::ToCipher, [&](ByteView message) { return answerMac_.cmac(message); });
    if (CRYPTO_memcmp(expected.data(), &response.data[bodyLength], MacLength) != 0)
        throw Failure{untrusted};
    response.data.resize(bodyLength);
}

void Scp03Channel::decrypt(Bytes& answer) {
    const Failure broken{Fault::CardUntrusted,
                         "an encrypted answer is not padded as SCP03 has it; reject the card"};
    if (answer.size() % BlockLength != 0) throw Failure{broken};
    decryptBlocks(enc_, startingBlock(AnswerCounterMark), answer);
    const auto last =
        std::find_if(answer.rbegin(), answer.rend(), [](std::uint8_t octet) { return octet != 0; });
    const auto padding = static_cast<std::size_t>(last - answer.rbegin()) + 1;
    if (last == answer.rend() || *last != PaddingMark || padding > BlockLength)
        throw Failure{broken};
    answer.resize(answer.size() - padding);
}

}  // namespace zegel::securechannel
