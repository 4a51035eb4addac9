#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/failure.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

namespace zegel::openssl {

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

using PkeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using PkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using CipherCtxPtr = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;
using DigestCtxPtr = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using CertificatePtr = std::unique_ptr<X509, Freed<X509_free>>;
using RequestPtr = std::unique_ptr<X509_REQ, Freed<X509_REQ_free>>;
using CrlPtr = std::unique_ptr<X509_CRL, Freed<X509_CRL_free>>;
using NamePtr = std::unique_ptr<X509_NAME, Freed<X509_NAME_free>>;
using CmsPtr = std::unique_ptr<CMS_ContentInfo, Freed<CMS_ContentInfo_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using BignumPtr = std::unique_ptr<BIGNUM, Freed<BN_clear_free>>;

/// What OpenSSL's error queue says, emptied; "no detail" when it says nothing.
std::string takeErrors();

/// Throws Failure{fault, "<what>: <OpenSSL's words>"} unless `ok`.
void expect(bool ok, Fault fault, const std::string& what, Origin origin = Origin::here());

/// Octets ↔ objects. Errors: `fault` when the DER is broken or has trailing octets.
CertificatePtr certificateFromDer(ByteView der, Fault fault = Fault::Defect);
Bytes toDer(const X509& certificate);
PkeyPtr publicKeyFromSpki(ByteView spki, Fault fault = Fault::Defect);
Bytes toSpki(const EVP_PKEY& key);
/// The same, as it stands in a certificate: nothing is decoded or encoded anew.
Bytes spkiOf(const X509& certificate);
/// The same, of a certificate that was read and judged before.
Bytes spkiIn(ByteView certificate, Fault fault = Fault::Defect);
/// One or more certificates in PEM. Errors: SettingUnusable naming the file.
std::vector<CertificatePtr> certificatesFromPemFile(const std::string& path);

}  // namespace zegel::openssl
