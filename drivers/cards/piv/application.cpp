#include "drivers/cards/piv/application.h"

#include "drivers/iso7816/instructions.h"

#include <algorithm>
#include <array>
#include <string>

namespace zegel::piv {
namespace {

using iso7816::CommandApdu;
using iso7816::Header;
using iso7816::ResponseApdu;
using iso7816::StatusWord;
namespace ins = iso7816::ins;
namespace sw = iso7816::sw;

/// RID and PIX without the version: every PIV application answers to it.
constexpr std::array<std::uint8_t, 9> Aid{0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00};
constexpr std::size_t CodeSize = 8;

/// Instructions of the administration extension.
enum Extension : std::uint8_t {
    GetMetadata = 0xF7,
    GetSerial = 0xF8,
    Attest = 0xF9,
    SetTries = 0xFA,
    Reset = 0xFB,
    GetVersion = 0xFD,
    ImportKey = 0xFE,
    SetManagementKey = 0xFF
};

bool isUnknownCommand(StatusWord status) {
    return status == sw::InstructionNotSupported || status == sw::ClassNotSupported ||
           status == sw::FunctionNotSupported;
}

std::uint8_t octet(Slot slot) {
    return static_cast<std::uint8_t>(slot);
}

Bytes tagList(iso7816::Tag tag) {
    const std::array<std::uint8_t, 3> octets{static_cast<std::uint8_t>(tag >> 16U),
                                             static_cast<std::uint8_t>(tag >> 8U),
                                             static_cast<std::uint8_t>(tag)};
    const std::size_t size = tag > 0xFFFF ? 3 : tag > 0xFF ? 2 : 1;
    return iso7816::tlv(0x5C, ByteView{octets}.last(size));
}

SecretBytes joined(const SecretBytes& first, const SecretBytes& second) {
    SecretBytes both{first.size() + second.size()};
    both.fill([&](std::span<std::uint8_t> out) {
        for (const auto* part : {&first, &second}) {
            part->disclose(Disclosure::ToChip,
                           [&](ByteView octets) { std::ranges::copy(octets, out.begin()); });
            out = out.subspan(part->size());
        }
    });
    return both;
}

Metadata metadataIn(ByteView answer) {
    Metadata metadata;
    iso7816::TlvReader reader{answer};
    while (const auto item = reader.next()) {
        if (item->value.empty()) continue;
        switch (item->tag) {
            case 0x01: metadata.algorithm = item->value[0]; break;
            case 0x04: metadata.hasKey = true; break;
            case 0x05: metadata.isFactory = item->value[0] != 0; break;
            case 0x06:
                if (item->value.size() > 1) metadata.triesLeft = item->value[1];
                break;
            default: break;
        }
    }
    return metadata;
}

}  // namespace

Failure refusal(std::string_view command, StatusWord status, Fault fault, Origin origin) {
    return Failure{fault, "the chip refused " + std::string{command} + ": " + describe(status),
                   origin};
}

SecretBytes padded(const SecretBytes& code) {
    if (code.size() > CodeSize) throw Failure{Fault::Defect, "a PIV code has at most 8 digits"};
    SecretBytes block{CodeSize};
    block.fill([&](std::span<std::uint8_t> out) {
        std::ranges::fill(out, std::uint8_t{0xFF});
        code.disclose(Disclosure::ToChip,
                      [&](ByteView digits) { std::ranges::copy(digits, out.begin()); });
    });
    return block;
}

ResponseApdu Application::ask(Header header, ByteView data) {
    return channel_.transmit(CommandApdu{header, data, CommandApdu::AllExtended});
}

StatusWord Application::tell(Header header, const SecretBytes& data) {
    return data.disclose(Disclosure::ToChip, [&](ByteView octets) {
        return channel_.transmit(CommandApdu{header, octets, 0, CommandApdu::Body::Withheld})
            .status;
    });
}

ResponseApdu Application::select() {
    offersMetadata_ = true;
    // Short on purpose: what chip and reader carry is not known for sure before the first answer.
    auto response =
        channel_.transmit(CommandApdu{{0x00, ins::Select, 0x04, 0x00}, Aid, CommandApdu::AllShort});
    if (response.status != sw::Ok) return response;
    const auto inside = iso7816::find(response.data, 0x61).value_or(ByteView{});
    return {Bytes{inside.begin(), inside.end()}, sw::Ok};
}

std::optional<Version> Application::version() {
    const auto response =
        channel_.transmit(CommandApdu{{0x00, GetVersion, 0x00, 0x00}, {}, CommandApdu::AllShort});
    if (response.status != sw::Ok || response.data.size() != 3) return std::nullopt;
    return Version{response.data[0], response.data[1], response.data[2]};
}

std::optional<Bytes> Application::serial() {
    auto response =
        channel_.transmit(CommandApdu{{0x00, GetSerial, 0x00, 0x00}, {}, CommandApdu::AllShort});
    if (response.status != sw::Ok || response.data.size() != 4) return std::nullopt;
    return std::move(response.data);
}

std::optional<Metadata> Application::metadata(std::uint8_t reference) {
    if (!offersMetadata_) return std::nullopt;
    const auto response = ask({0x00, GetMetadata, 0x00, reference});
    if (isUnknownCommand(response.status)) offersMetadata_ = false;
    if (response.status != sw::Ok) return std::nullopt;
    return metadataIn(response.data);
}

std::optional<Bytes> Application::object(iso7816::Tag tag) {
    const auto response = ask({0x00, ins::GetData, 0x3F, 0xFF}, tagList(tag));
    if (response.status == sw::FileNotFound) return std::nullopt;
    if (response.status != sw::Ok) throw refusal("GET DATA", response.status);
    const auto content = iso7816::require(response.data, {0x53}, "data object");
    if (content.empty()) return std::nullopt;
    return Bytes{content.begin(), content.end()};
}

StatusWord Application::putObject(iso7816::Tag tag, ByteView content) {
    auto data = tagList(tag);
    const auto object = iso7816::tlv(0x53, content);
    data.insert(data.end(), object.begin(), object.end());
    return channel_.transmit(CommandApdu{{0x00, ins::PutData, 0x3F, 0xFF}, data}).status;
}

StatusWord Application::verify(const SecretBytes& code) {
    return tell({0x00, ins::Verify, 0x00, static_cast<std::uint8_t>(CodeReference::Pin)}, code);
}

StatusWord Application::changeCode(CodeReference reference, const SecretBytes& from,
                                   const SecretBytes& to) {
    return tell({0x00, ins::ChangeReferenceData, 0x00, static_cast<std::uint8_t>(reference)},
                joined(from, to));
}

StatusWord Application::unblock(const SecretBytes& puk, const SecretBytes& newPin) {
    return tell({0x00, ins::ResetRetryCounter, 0x00, static_cast<std::uint8_t>(CodeReference::Pin)},
                joined(puk, newPin));
}

StatusWord Application::setTries(int pin, int puk) {
    const Header header{0x00, SetTries, static_cast<std::uint8_t>(pin),
                        static_cast<std::uint8_t>(puk)};
    return channel_.transmit(CommandApdu{header}).status;
}

ResponseApdu Application::generate(Slot slot, AlgorithmId algorithm) {
    const std::array<std::uint8_t, 5> wanted{0xAC, 0x03, 0x80, 0x01,
                                             static_cast<std::uint8_t>(algorithm)};
    return ask({0x00, ins::GenerateKeyPair, 0x00, octet(slot)}, wanted);
}

StatusWord Application::importKey(Slot slot, AlgorithmId algorithm, const SecretBytes& parts) {
    return tell({0x00, ImportKey, static_cast<std::uint8_t>(algorithm), octet(slot)}, parts);
}

ResponseApdu Application::attest(Slot slot) {
    return ask({0x00, Attest, octet(slot), 0x00});
}

ResponseApdu Application::authenticate(std::uint8_t algorithm, Slot slot, ByteView request,
                                       CommandApdu::Body body) {
    const auto data = iso7816::tlv(0x7C, request);
    return channel_.transmit(CommandApdu{{0x00, ins::GeneralAuthenticate, algorithm, octet(slot)},
                                         data,
                                         CommandApdu::AllExtended,
                                         body});
}

StatusWord Application::setManagementKey(std::uint8_t algorithm, const SecretBytes& key) {
    SecretBytes data{3 + key.size()};
    data.fill([&](std::span<std::uint8_t> out) {
        out[0] = algorithm;
        out[1] = octet(Slot::Management);
        out[2] = static_cast<std::uint8_t>(key.size());
        key.disclose(Disclosure::ToChip,
                     [&](ByteView octets) { std::ranges::copy(octets, out.begin() + 3); });
    });
    return tell({0x00, SetManagementKey, 0xFF, 0xFF}, data);
}

StatusWord Application::reset() {
    return channel_.transmit(CommandApdu{{0x00, Reset, 0x00, 0x00}}).status;
}

}  // namespace zegel::piv
