#include "pinmailer/seal/sealer.h"

#include "pinmailer/seal/envelope.h"
#include "pinmailer/seal/record.h"

#include <openssl/x509v3.h>

#include <array>
#include <utility>

namespace zegel::seal {
namespace {

std::string subjectOf(const X509& certificate) {
    const openssl::BioPtr text{BIO_new(BIO_s_mem())};
    if (!text) return "a certificate";
    X509_NAME_print_ex(text.get(), X509_get_subject_name(&certificate), 0, XN_FLAG_RFC2253);
    char* octets = nullptr;
    const auto size = BIO_get_mem_data(text.get(), &octets);
    return "certificate \"" + std::string{octets, static_cast<std::size_t>(size)} + "\"";
}

[[noreturn]] void refuse(const X509& certificate, const std::string& why) {
    throw Failure{Fault::SettingUnusable, subjectOf(certificate) + " " + why};
}

void expectValid(const X509& certificate, TimePoint now) {
    auto seconds = std::chrono::system_clock::to_time_t(now);
    if (X509_cmp_time(X509_get0_notBefore(&certificate), &seconds) >= 0) {
        refuse(certificate, "is not valid yet; check the clock or name another");
    }
    if (X509_cmp_time(X509_get0_notAfter(&certificate), &seconds) <= 0) {
        refuse(certificate, "has expired; name a new one");
    }
}

/// RSA of 2048 bits and more, or EC on P-256, P-384 or P-521. Says which.
int expectKnownKey(const X509& certificate) {
    const auto* key = X509_get0_pubkey(&certificate);
    const auto kind = key == nullptr ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key);
    const bool fit = (kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= 2048) ||
                     (kind == EVP_PKEY_EC && EVP_PKEY_get_bits(key) >= 256);
    if (!fit) refuse(certificate, "holds neither RSA of 2048 bits or more nor EC of 256");
    return kind;
}

/// Usage is all ones when the certificate does not limit it.
void expectUsage(const X509& certificate, std::uint32_t bit, const char* name) {
    const auto usage = X509_get_key_usage(const_cast<X509*>(&certificate));
    if ((usage & bit) == 0) refuse(certificate, std::string{"lacks key usage "} + name);
}

void expectRecipient(const X509& certificate, TimePoint now) {
    expectValid(certificate, now);
    if (expectKnownKey(certificate) == EVP_PKEY_RSA) {
        expectUsage(certificate, X509v3_KU_KEY_ENCIPHERMENT, "keyEncipherment");
    } else {
        expectUsage(certificate, X509v3_KU_KEY_AGREEMENT, "keyAgreement");
    }
}

}  // namespace

Sealer::Sealer(std::vector<openssl::CertificatePtr> recipients,
               openssl::CertificatePtr signerCertificate, openssl::PkeyPtr signerKey, TimePoint now)
    : recipients_(std::move(recipients)),
      signerCertificate_(std::move(signerCertificate)),
      signerKey_(std::move(signerKey)) {
    if (recipients_.empty()) {
        throw Failure{Fault::SettingUnusable, "no print-room certificate to seal codes to"};
    }
    for (const auto& recipient : recipients_) {
        expectRecipient(*recipient, now);
    }
    if (!signerCertificate_ || !signerKey_) {
        throw Failure{Fault::SettingUnusable, "no station certificate and key to sign with"};
    }
    expectValid(*signerCertificate_, now);
    expectKnownKey(*signerCertificate_);
    expectUsage(*signerCertificate_, X509v3_KU_DIGITAL_SIGNATURE, "digitalSignature");
    if (EVP_PKEY_eq(X509_get0_pubkey(signerCertificate_.get()), signerKey_.get()) != 1) {
        refuse(*signerCertificate_, "does not belong to the station's signing key");
    }
}

SealedCodes Sealer::seal(Codes&& codes, const Bond& bond) const {
    const Codes consumed{std::move(codes)};
    std::vector<const X509*> recipients;
    recipients.reserve(recipients_.size());
    for (const auto& recipient : recipients_) {
        recipients.push_back(recipient.get());
    }
    const auto sealed = envelop(encodeRecord(consumed, bond), recipients);
    return SealedCodes{
        signRecord(sealed, ContentType::SealedCodes, *signerCertificate_, *signerKey_)};
}

Bytes Sealer::sign(ByteView content) const {
    return signRecord(content, ContentType::ReleasedLetter, *signerCertificate_, *signerKey_);
}

Bytes Sealer::signNote(ByteView content) const {
    return signRecord(content, ContentType::Note, *signerCertificate_, *signerKey_);
}

Bytes Sealer::signText(ByteView text) const {
    return signRecord(text, ContentType::Text, *signerCertificate_, *signerKey_);
}

Bytes sealForRecovery(const SecretBytes& pkcs8, const X509& recoveryCertificate) {
    const std::array recipients{&recoveryCertificate};
    return envelop(pkcs8, recipients);
}

}  // namespace zegel::seal
