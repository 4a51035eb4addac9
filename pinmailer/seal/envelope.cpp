#include "pinmailer/seal/envelope.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include <algorithm>

namespace zegel::seal {
namespace {

using openssl::expect;
using ObjectPtr = std::unique_ptr<ASN1_OBJECT, openssl::Freed<ASN1_OBJECT_free>>;

// OpenSSL takes certificates and keys without const although it only counts references to them.
X509* shared(const X509& certificate) {
    return const_cast<X509*>(&certificate);
}

EVP_PKEY* shared(const EVP_PKEY& key) {
    return const_cast<EVP_PKEY*>(&key);
}

bool isRsa(const X509& certificate) {
    return EVP_PKEY_get_base_id(X509_get0_pubkey(&certificate)) == EVP_PKEY_RSA;
}

bool hasKeyId(const X509& certificate) {
    return X509_get0_subject_key_id(shared(certificate)) != nullptr;
}

Bytes toDer(CMS_ContentInfo& cms) {
    Bytes der(static_cast<std::size_t>(std::max(0, i2d_CMS_ContentInfo(&cms, nullptr))));
    auto* at = der.data();
    expect(!der.empty() && i2d_CMS_ContentInfo(&cms, &at) > 0, Fault::Defect, "CMS to DER");
    return der;
}

void addRecipient(CMS_ContentInfo& cms, const X509& certificate) {
    const unsigned flags = CMS_KEY_PARAM | (hasKeyId(certificate) ? CMS_USE_KEYID : 0U);
    auto* recipient = CMS_add1_recipient_cert(&cms, shared(certificate), flags);
    expect(recipient != nullptr, Fault::Defect, "adding a recipient");
    auto* context = CMS_RecipientInfo_get0_pkey_ctx(recipient);
    // The X9.63 key derivation is OpenSSL's own choice for ECDH: set by hand, it is refused.
    const bool set =
        context != nullptr &&
        (isRsa(certificate) ? EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0 &&
                                  EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) > 0 &&
                                  EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) > 0
                            : EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()) > 0);
    expect(set, Fault::Defect, "choosing how the key reaches a recipient");
}

const EVP_MD* digestFor(const X509& certificate) {
    return EVP_PKEY_get_bits(X509_get0_pubkey(&certificate)) == 384 ? EVP_sha384() : EVP_sha256();
}

void addSigner(CMS_ContentInfo& cms, const X509& certificate, const EVP_PKEY& key) {
    const unsigned flags = CMS_KEY_PARAM | CMS_PARTIAL | CMS_NOCERTS | CMS_NOSMIMECAP |
                           (hasKeyId(certificate) ? CMS_USE_KEYID : 0U);
    auto* signer =
        CMS_add1_signer(&cms, shared(certificate), shared(key), digestFor(certificate), flags);
    expect(signer != nullptr, Fault::Defect, "adding the station as signer");
    if (!isRsa(certificate)) return;
    auto* context = CMS_SignerInfo_get0_pkey_ctx(signer);
    const bool set = context != nullptr &&
                     EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
                     EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0;
    expect(set, Fault::Defect, "choosing RSA-PSS for the station's signature");
}

}  // namespace

Bytes envelop(const SecretBytes& content, std::span<const X509* const> recipients) {
    const openssl::CmsPtr cms{
        CMS_encrypt(nullptr, nullptr, EVP_aes_256_gcm(), CMS_PARTIAL | CMS_STREAM | CMS_BINARY)};
    expect(cms != nullptr, Fault::Defect, "making an envelope");
    for (const auto* recipient : recipients) {
        addRecipient(*cms, *recipient);
    }
    // Any input BIO of CMS_encrypt would leave a copy on the freed heap; a cipher BIO does not.
    const openssl::BioPtr cipher{CMS_dataInit(cms.get(), nullptr)};
    expect(cipher != nullptr, Fault::Defect, "opening the envelope to write");
    content.disclose(Disclosure::ToSeal, [&](ByteView secret) {
        const auto size = static_cast<int>(secret.size());
        expect(BIO_write(cipher.get(), secret.data(), size) == size && BIO_flush(cipher.get()) == 1,
               Fault::Defect, "writing into the envelope");
    });
    expect(CMS_dataFinal(cms.get(), cipher.get()) == 1, Fault::Defect, "closing the envelope");
    return toDer(*cms);
}

Bytes signRecord(ByteView content, const char* contentType, const X509& certificate,
                 const EVP_PKEY& key) {
    const openssl::CmsPtr cms{
        CMS_sign(nullptr, nullptr, nullptr, nullptr, CMS_PARTIAL | CMS_BINARY | CMS_NOCERTS)};
    const ObjectPtr type{OBJ_txt2obj(contentType, 1)};
    expect(cms && type && CMS_set1_eContentType(cms.get(), type.get()) == 1, Fault::Defect,
           "making a signed record");
    addSigner(*cms, certificate, key);
    const openssl::BioPtr in{BIO_new_mem_buf(content.data(), static_cast<int>(content.size()))};
    expect(in != nullptr, Fault::Defect, "making a signed record");
    if (CMS_final(cms.get(), in.get(), nullptr, CMS_BINARY) != 1) {
        ERR_clear_error();  // OpenSSL's words for it help nobody
        throw Failure{
            Fault::TokenUnavailable,
            "the token did not sign with the station's sealing key: see that it is there"};
    }
    return toDer(*cms);
}

}  // namespace zegel::seal
