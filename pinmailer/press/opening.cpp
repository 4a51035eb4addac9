#include "pinmailer/press/opening.h"

#include "pinmailer/press/envelope_form.h"
#include "pinmailer/press/recipients.h"
#include "pinmailer/press/sealed_record.h"
#include "pinmailer/seal/record.h"

#include <openssl/err.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace zegel::press {
namespace {

using ObjectPtr = std::unique_ptr<ASN1_OBJECT, openssl::Freed<ASN1_OBJECT_free>>;
struct FreeCertificateStack {
    void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_free(stack); }
};
using CertificateStackPtr = std::unique_ptr<STACK_OF(X509), FreeCertificateStack>;

/// OpenSSL's own words stay out of the message: they help nobody in a print room.
[[noreturn]] void refuse(const std::string& why) {
    ERR_clear_error();
    throw Failure{Fault::SealBroken, why};
}

void expect(bool holds, const std::string& otherwise) {
    if (!holds) refuse(otherwise);
}

openssl::CmsPtr cmsFrom(ByteView der, const char* what) {
    const auto* at = der.data();
    openssl::CmsPtr cms{d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size()))};
    expect(cms && at == der.data() + der.size(), std::string{what} + " is cut, altered or foreign");
    return cms;
}

openssl::CmsPtr signedFrom(ByteView der) {
    auto cms = cmsFrom(der, "the signed record");
    expect(OBJ_obj2nid(CMS_get0_type(cms.get())) == NID_pkcs7_signed, "the record is not signed");
    return cms;
}

void expectContentType(CMS_ContentInfo& cms, const CMS_SignerInfo& signer, const char* wanted) {
    const ObjectPtr type{OBJ_txt2obj(wanted, 1)};
    const auto* signedType = static_cast<const ASN1_OBJECT*>(CMS_signed_get0_data_by_OBJ(
        &signer, OBJ_nid2obj(NID_pkcs9_contentType), -3, V_ASN1_OBJECT));
    expect(type && OBJ_cmp(CMS_get0_eContentType(&cms), type.get()) == 0 && signedType != nullptr &&
               OBJ_cmp(signedType, type.get()) == 0,
           "the signed record is of another kind than expected here");
}

void expectStrongDigest(CMS_SignerInfo& signer) {
    X509_ALGOR* digest = nullptr;
    CMS_SignerInfo_get0_algs(&signer, nullptr, nullptr, &digest, nullptr);
    const auto nid = OBJ_obj2nid(digest->algorithm);
    expect(nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512,
           "the signature uses an outdated digest");
}

Bytes contentOf(BIO& memory) {
    char* octets = nullptr;
    const auto size = BIO_get_mem_data(&memory, &octets);
    return {octets, octets + size};
}

/// Reads the plaintext into a buffer of ours alone, and lets nobody see it before the tag held.
SecretBytes decrypted(CMS_ContentInfo& cms, std::size_t size) {
    const openssl::BioPtr plain{CMS_dataInit(&cms, nullptr)};
    expect(plain != nullptr, "the sealed record cannot be decrypted with the print room's key");
    SecretBytes content{size};
    std::size_t length = 0;
    content.fill([&](std::span<std::uint8_t> out) {
        while (length < out.size()) {
            const auto read =
                BIO_read(plain.get(), out.data() + length, static_cast<int>(out.size() - length));
            if (read <= 0) break;
            length += static_cast<std::size_t>(read);
        }
        std::uint8_t beyond = 0;
        if (length == size && BIO_read(plain.get(), &beyond, 1) > 0) ++length;
    });
    // The tag is checked when the end is read; only then is this what the station sealed.
    expect(BIO_get_cipher_status(plain.get()) == 1 && length == size,
           "the sealed record was altered: its tag does not hold");
    return content;
}

/// "ZGL-26-000012-4" ends in "12-4" and in "0124": hyphens are for the eye.
std::string plainOf(const std::string& number) {
    std::string plain;
    std::ranges::copy_if(number, std::back_inserter(plain), [](char letter) {
        return std::isalnum(static_cast<unsigned char>(letter)) != 0;
    });
    return plain;
}

void expectBond(const seal::ReleasedLetter& letter, const OpenedRecord& record) {
    const auto& bond = record.bond;
    expect(bond.letter == letter.letter, "the sealed codes belong to another letter");
    expect(bond.order.value() == letter.orderReference, "the sealed codes belong to another order");
    expect(plainOf(bond.certificate.value()).ends_with(plainOf(letter.certificateNumberEnd)),
           "the sealed codes belong to another certificate number");
    expect(record.codes.puk.empty() == (letter.pukTries == 0),
           "the letter and the sealed codes do not agree whether there is a PUK");
}

}  // namespace

Bytes verifySigned(ByteView der, const char* contentType, const X509& station) {
    const auto cms = signedFrom(der);
    auto* signers = CMS_get0_SignerInfos(cms.get());
    expect(sk_CMS_SignerInfo_num(signers) == 1, "the record does not have exactly one signature");
    auto* signer = sk_CMS_SignerInfo_value(signers, 0);
    auto* pinned = const_cast<X509*>(&station);
    expect(CMS_SignerInfo_cert_cmp(signer, pinned) == 0,
           "the record is signed by somebody other than the station");
    expectContentType(*cms, *signer, contentType);
    expectStrongDigest(*signer);

    const CertificateStackPtr trusted{sk_X509_new_null()};
    const openssl::BioPtr content{BIO_new(BIO_s_mem())};
    expect(trusted && content && sk_X509_push(trusted.get(), pinned) == 1,
           "the record cannot be verified for lack of memory");
    const unsigned flags = CMS_NO_SIGNER_CERT_VERIFY | CMS_NOINTERN | CMS_BINARY;
    expect(CMS_verify(cms.get(), trusted.get(), nullptr, nullptr, content.get(), flags) == 1,
           "the record was altered: the station's signature does not hold");
    return contentOf(*content);
}

OpenedRecord openRecord(ByteView sealed, std::span<const PrintRoomKey> keys, const X509& station) {
    const auto envelope = verifySigned(sealed, seal::ContentType::SealedCodes, station);
    const auto size = expectEnvelopeForm(envelope);
    const auto cms = cmsFrom(envelope, "the sealed record");
    unlock(*cms, keys);
    return decodeRecord(decrypted(*cms, size));
}

OpenedRecord openRecord(ByteView sealed, const PrintRoomKey& key, const X509& station) {
    return openRecord(sealed, std::span{&key, 1}, station);
}

OpenedLetter openLetter(ByteView file, std::span<const PrintRoomKey> keys, const X509& station) {
    auto letter = readLetter(file, station);
    auto record = openRecord(letter.sealedCodes, keys, station);
    expectBond(letter, record);
    return {std::move(letter), std::move(record.codes)};
}

OpenedLetter openLetter(ByteView file, const PrintRoomKey& key, const X509& station) {
    return openLetter(file, std::span{&key, 1}, station);
}

seal::ReleasedLetter readLetter(ByteView file, const X509& station) {
    return seal::decodeReleasedLetter(
        verifySigned(file, seal::ContentType::ReleasedLetter, station));
}

seal::ReleasedLetter readUncheckedLetter(ByteView file) {
    const auto cms = signedFrom(file);
    auto* content = CMS_get0_content(cms.get());
    expect(content != nullptr && *content != nullptr, "the signed record is empty");
    const auto* octets = ASN1_STRING_get0_data(*content);
    return seal::decodeReleasedLetter(
        {octets, static_cast<std::size_t>(ASN1_STRING_length(*content))});
}

}  // namespace zegel::press
