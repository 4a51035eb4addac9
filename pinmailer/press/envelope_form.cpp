#include "pinmailer/press/envelope_form.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/strict_der.h"

#include <algorithm>
#include <array>

namespace zegel::press {
namespace {

// Content octets of the object identifiers.
constexpr std::array<std::uint8_t, 11> AuthEnvelopedDataOid{
    0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
    0x01, 0x09, 0x10, 0x01, 0x17};  // 1.2.840.113549.1.9.16.1.23
constexpr std::array<std::uint8_t, 9> DataOid{0x2A, 0x86, 0x48, 0x86, 0xF7,
                                              0x0D, 0x01, 0x07, 0x01};  // 1.2.840.113549.1.7.1
constexpr std::array<std::uint8_t, 9> Aes256GcmOid{
    0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2E};  // 2.16.840.1.101.3.4.1.46
constexpr std::array<std::uint8_t, 9> OaepOid{0x2A, 0x86, 0x48, 0x86, 0xF7,
                                              0x0D, 0x01, 0x01, 0x07};  // 1.2.840.113549.1.1.7
constexpr std::array<std::uint8_t, 6> EcdhSha256Oid{0x2B, 0x81, 0x04,
                                                    0x01, 0x0B, 0x01};  // 1.3.132.1.11.1

constexpr std::size_t NonceOctets = 12;
constexpr std::size_t TagOctets = 16;

[[noreturn]] void refuse(const std::string& why) {
    throw Failure{Fault::SealBroken, "the sealed record " + why};
}

void expectOid(StrictDer& from, ByteView oid, const char* what, const char* otherwise) {
    if (!std::ranges::equal(from.take(StrictDer::ObjectId, what), oid)) refuse(otherwise);
}

void expectKeyTransport(ByteView recipient) {
    StrictDer fields{recipient};
    fields.take(StrictDer::Integer, "recipient version");
    const bool byKeyId = fields.nextIs(StrictDer::context(0, false));
    fields.take(byKeyId ? StrictDer::context(0, false) : StrictDer::Sequence, "recipient's name");
    StrictDer algorithm{fields.take(StrictDer::Sequence, "key transport")};
    expectOid(algorithm, OaepOid, "key transport",
              "carries its key by something other than RSAES-OAEP");
    fields.take(StrictDer::OctetString, "encrypted key");
    fields.expectEnd("recipient");
}

void expectKeyAgreement(ByteView recipient) {
    StrictDer fields{recipient};
    fields.take(StrictDer::Integer, "recipient version");
    fields.take(StrictDer::context(0, true), "originator");
    if (fields.nextIs(StrictDer::context(1, true))) fields.take(StrictDer::context(1, true), "ukm");
    StrictDer algorithm{fields.take(StrictDer::Sequence, "key agreement")};
    expectOid(algorithm, EcdhSha256Oid, "key agreement",
              "agrees its key by something other than ECDH with SHA-256");
    fields.take(StrictDer::Sequence, "encrypted keys");
    fields.expectEnd("recipient");
}

void expectRecipients(ByteView set) {
    StrictDer recipients{set};
    if (recipients.empty()) refuse("has no recipient");
    while (!recipients.empty()) {
        const auto agreement = StrictDer::context(1, true);
        if (recipients.nextIs(agreement)) {
            expectKeyAgreement(recipients.take(agreement, "recipient"));
        } else {
            expectKeyTransport(recipients.take(StrictDer::Sequence, "recipient"));
        }
    }
}

void expectGcm(ByteView algorithmIdentifier) {
    StrictDer algorithm{algorithmIdentifier};
    expectOid(algorithm, Aes256GcmOid, "cipher",
              "is encrypted by something other than AES-256-GCM");
    StrictDer parameters{algorithm.take(StrictDer::Sequence, "cipher parameters")};
    if (parameters.take(StrictDer::OctetString, "nonce").size() != NonceOctets) {
        refuse("has a nonce of another length than 12 octets");
    }
    const auto tagLength = parameters.take(StrictDer::Integer, "tag length");
    if (tagLength.size() != 1 || tagLength[0] != TagOctets) {
        refuse("announces a tag of another length than 16 octets");
    }
    parameters.expectEnd("cipher parameters");
    algorithm.expectEnd("cipher");
}

std::size_t expectEncryptedContent(ByteView content) {
    StrictDer fields{content};
    expectOid(fields, DataOid, "content type", "holds something other than plain octets");
    expectGcm(fields.take(StrictDer::Sequence, "cipher"));
    const auto sealed = fields.take(StrictDer::context(0, false), "encrypted content");
    fields.expectEnd("encrypted content");
    return sealed.size();
}

}  // namespace

std::size_t expectEnvelopeForm(ByteView der) {
    StrictDer file{der};
    StrictDer contentInfo{file.take(StrictDer::Sequence, "envelope")};
    file.expectEnd("envelope");
    expectOid(contentInfo, AuthEnvelopedDataOid, "type",
              "is not authenticated encryption (AuthEnvelopedData)");
    StrictDer wrapped{contentInfo.take(StrictDer::context(0, true), "envelope")};
    contentInfo.expectEnd("envelope");

    StrictDer fields{wrapped.take(StrictDer::Sequence, "envelope")};
    wrapped.expectEnd("envelope");
    const auto version = fields.take(StrictDer::Integer, "version");
    if (version.size() != 1 || version[0] != 0) refuse("has an unknown version");
    expectRecipients(fields.take(StrictDer::Set, "recipients"));
    const auto size = expectEncryptedContent(fields.take(StrictDer::Sequence, "encrypted content"));
    if (fields.take(StrictDer::OctetString, "tag").size() != TagOctets) {
        refuse("has a cut tag: 16 octets were expected");
    }
    fields.expectEnd("tag");
    return size;
}

}  // namespace zegel::press
