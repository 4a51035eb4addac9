#include "hwsim/authority/certificate_authority.h"

#include "drivers/base/hex.h"
#include "hwsim/authority/certificate_text.h"
#include "hwsim/authority/issued_book.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace zegel::hwsim {

namespace {

using namespace std::chrono;

using RevokedPtr = std::unique_ptr<X509_REVOKED, openssl::Freed<X509_REVOKED_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, openssl::Freed<ASN1_TIME_free>>;
using EnumeratedPtr = std::unique_ptr<ASN1_ENUMERATED, openssl::Freed<ASN1_ENUMERATED_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, openssl::Freed<ASN1_INTEGER_free>>;

constexpr auto TenYears = days{3652};

TimePtr timeOf(TimePoint at) {
    return TimePtr{ASN1_TIME_set(nullptr, at.time_since_epoch().count())};
}

void sign(X509& certificate, EVP_PKEY& key, const EVP_MD* digest) {
    openssl::expect(X509_sign(&certificate, &key, digest) > 0, Fault::Defect,
                    "signing a certificate");
}

Credential credentialFrom(const std::filesystem::path& keyFile,
                          const std::filesystem::path& certificateFile) {
    Credential held;
    const openssl::BioPtr in{BIO_new_file(keyFile.c_str(), "r")};
    held.key.reset(in ? PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr) : nullptr);
    openssl::expect(held.key != nullptr, Fault::SettingUnusable,
                    "cannot read the key in " + keyFile.string());
    held.certificate =
        std::move(openssl::certificatesFromPemFile(certificateFile.string()).front());
    return held;
}

void addAuthorityExtensions(X509& certificate, const X509& issuer) {
    addExtension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE");
    addExtension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
    addExtension(certificate, issuer, NID_subject_key_identifier, "hash");
}

openssl::NamePtr subjectOf(const X509_REQ& request, Mischief mischief) {
    openssl::NamePtr subject{X509_NAME_dup(X509_REQ_get_subject_name(&request))};
    if (mischief == Mischief::WrongSubject) {
        const auto at = X509_NAME_get_index_by_NID(subject.get(), NID_commonName, -1);
        X509_NAME_ENTRY_free(X509_NAME_delete_entry(subject.get(), at));
        X509_NAME_add_entry_by_txt(subject.get(), "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>("Somebody else"), -1, -1,
                                   0);
    }
    if (mischief == Mischief::MissingAttribute) {
        const auto at = X509_NAME_get_index_by_NID(subject.get(), NID_organizationIdentifier, -1);
        X509_NAME_ENTRY_free(X509_NAME_delete_entry(subject.get(), at));
    }
    return subject;
}

void setTerm(X509& certificate, int longest, Mischief mischief) {
    const auto now = present();
    switch (mischief) {
        case Mischief::Expired: return setValidity(certificate, now - days{30}, now - days{1});
        case Mischief::NotYetValid:
            return setValidity(certificate, now + days{1}, now + days{longest});
        case Mischief::TooLong: return setValidity(certificate, now - minutes{1}, now + TenYears);
        default: return setValidity(certificate, now - minutes{1}, now + days{longest});
    }
}

struct Words {
    std::string keyUsage;
    std::string extendedKeyUsage;
    std::string policies;
};

Words wordsOf(const CertificateProfile& profile, bool rsa, Mischief mischief) {
    Words words{"critical," + std::string{rsa ? profile.keyUsageOfRsa : profile.keyUsageOfEc},
                std::string{profile.extendedKeyUsage}, std::string{profile.policies}};
    if (mischief == Mischief::WrongKeyUsage) words.keyUsage += ",nonRepudiation";
    if (mischief == Mischief::AuthorityCertificate) words.keyUsage += ",keyCertSign";
    if (mischief == Mischief::WrongExtendedKeyUsage) words.extendedKeyUsage = "emailProtection";
    if (mischief == Mischief::WrongPolicy) words.policies = "2.16.528.1.1003.1.2.41.99.99.9";
    return words;
}

}  // namespace

CertificateAuthority::CertificateAuthority(const std::filesystem::path& folder, std::string url)
    : url_(std::move(url)) {
    root_ = loadOrMake(folder, "root", nullptr);
    issuing_ = loadOrMake(folder, "issuing", &root_);
    signer_ = makeSigner("message signer", false, true);
    expiredSigner_ = makeSigner("message signer", true, true);
    strangerSigner_ = makeSigner("somebody with a certificate", false, false);
    const auto chain = folder / "chain.pem";
    const openssl::BioPtr out{BIO_new_file(chain.c_str(), "w")};
    openssl::expect(out && PEM_write_bio_X509(out.get(), issuing_.certificate.get()) == 1 &&
                        PEM_write_bio_X509(out.get(), root_.certificate.get()) == 1,
                    Fault::SettingUnusable, "cannot write " + chain.string());
}

Credential CertificateAuthority::loadOrMake(const std::filesystem::path& folder,
                                            const std::string& name,
                                            const Credential* issuer) const {
    const auto keyFile = folder / (name + "-key.pem");
    const auto certificateFile = folder / (name + ".pem");
    if (std::filesystem::exists(certificateFile)) return credentialFrom(keyFile, certificateFile);

    Credential made;
    made.key = makeEcKey("P-256");
    const auto subject = authorityName("TRIAL Zegel " + name + " CA");
    const auto* const issuerName =
        issuer != nullptr ? X509_get_subject_name(issuer->certificate.get()) : subject.get();
    made.certificate = startCertificate(subject.get(), issuerName);
    setKey(*made.certificate, made.key.get());
    const auto& above = issuer != nullptr ? *issuer->certificate : *made.certificate;
    setValidity(*made.certificate, present() - hours{1}, present() + 2 * TenYears);
    addAuthorityExtensions(*made.certificate, above);
    if (issuer != nullptr) {
        addExtension(*made.certificate, above, NID_authority_key_identifier, "keyid:always");
    }
    sign(*made.certificate, issuer != nullptr ? *issuer->key : *made.key, EVP_sha256());
    writePem(keyFile, *made.key);
    writePem(certificateFile, *made.certificate);
    return made;
}

Credential CertificateAuthority::makeSigner(const std::string& name, bool expired,
                                            bool authority) const {
    Credential made;
    made.key = makeEcKey("P-256");
    const auto subject = authorityName("TRIAL Zegel " + name);
    const auto& above = *issuing_.certificate;
    made.certificate = startCertificate(subject.get(), X509_get_subject_name(&above));
    setKey(*made.certificate, made.key.get());
    const auto end = expired ? present() - days{1} : present() + TenYears;
    setValidity(*made.certificate, present() - days{30}, end);
    addExtension(*made.certificate, above, NID_basic_constraints, "critical,CA:FALSE");
    addExtension(*made.certificate, above, NID_key_usage, "critical,digitalSignature");
    addExtension(*made.certificate, above, NID_ext_key_usage,
                 authority ? "1.3.6.1.5.5.7.3.27" : "clientAuth");  // id-kp-cmcCA, RFC 6402
    addExtension(*made.certificate, above, NID_subject_key_identifier, "hash");
    addExtension(*made.certificate, above, NID_authority_key_identifier, "keyid:always");
    sign(*made.certificate, *issuing_.key, EVP_sha256());
    return made;
}

const Credential& CertificateAuthority::signerFor(Mischief mischief) const {
    if (mischief == Mischief::ExpiredSigner) return expiredSigner_;
    if (mischief == Mischief::StrangerSigner) return strangerSigner_;
    return signer_;
}

openssl::CertificatePtr CertificateAuthority::issue(const CertificateProfile& profile,
                                                    const X509_REQ& request,
                                                    Mischief mischief) const {
    const auto subject = subjectOf(request, mischief);
    const auto otherKey =
        mischief == Mischief::AnotherKey ? makeEcKey("P-256") : openssl::PkeyPtr{};
    auto* const key =
        otherKey ? otherKey.get() : X509_REQ_get0_pubkey(const_cast<X509_REQ*>(&request));
    const auto& above = *issuing_.certificate;
    auto made = startCertificate(subject.get(), X509_get_subject_name(&above));
    otherKey ? setKey(*made, otherKey.get()) : setKeyOf(request, *made);
    setTerm(*made, profile.days, mischief);

    const auto words = wordsOf(profile, EVP_PKEY_is_a(key, "RSA") == 1, mischief);
    const bool authority = mischief == Mischief::AuthorityCertificate;
    addExtension(*made, above, NID_basic_constraints,
                 authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    addExtension(*made, above, NID_key_usage, words.keyUsage);
    addExtension(*made, above, NID_ext_key_usage, words.extendedKeyUsage);
    addExtension(*made, above, NID_certificate_policies, words.policies);
    addExtension(*made, above, NID_subject_key_identifier, "hash");
    addExtension(*made, above, NID_authority_key_identifier, "keyid:always");
    addExtension(*made, above, NID_info_access, "caIssuers;URI:" + url_ + "/issuing.der");
    addExtension(*made, above, NID_crl_distribution_points, "URI:" + url_ + "/crl");
    const auto foreign =
        mischief == Mischief::ForeignIssuer ? makeEcKey("P-256") : openssl::PkeyPtr{};
    sign(*made, foreign ? *foreign : *issuing_.key,
         mischief == Mischief::Sha1Certificate ? EVP_sha1() : EVP_sha256());
    return made;
}

Bytes CertificateAuthority::revocationList(const IssuedBook& book) const {
    const openssl::CrlPtr list{X509_CRL_new()};
    const auto now = present();
    X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuing_.certificate.get()));
    X509_CRL_set1_lastUpdate(list.get(), timeOf(now - minutes{1}).get());
    X509_CRL_set1_nextUpdate(list.get(), timeOf(now + days{2}).get());
    for (const auto& entry : book.all()) {
        if (!entry.revocationReason) continue;
        const auto octets = fromHex(entry.serial).value_or(Bytes{});
        const openssl::BignumPtr number{
            BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr)};
        const IntegerPtr serial{BN_to_ASN1_INTEGER(number.get(), nullptr)};
        RevokedPtr revoked{X509_REVOKED_new()};
        X509_REVOKED_set_serialNumber(revoked.get(), serial.get());
        X509_REVOKED_set_revocationDate(revoked.get(), timeOf(entry.revokedAt).get());
        if (*entry.revocationReason != 0) {  // RFC 5280, 5.3.1: unspecified is left out
            const EnumeratedPtr reason{ASN1_ENUMERATED_new()};
            ASN1_ENUMERATED_set(reason.get(), *entry.revocationReason);
            X509_REVOKED_add1_ext_i2d(revoked.get(), NID_crl_reason, reason.get(), 0, 0);
        }
        X509_CRL_add0_revoked(list.get(), revoked.release());
    }
    X509_CRL_sort(list.get());
    const IntegerPtr number{ASN1_INTEGER_new()};
    // Grows with every list, also with two in one second.
    const auto exactly = std::chrono::system_clock::now().time_since_epoch();
    ASN1_INTEGER_set_int64(number.get(), duration_cast<microseconds>(exactly).count());
    X509_CRL_add1_ext_i2d(list.get(), NID_crl_number, number.get(), 0, 0);
    using IdPtr = std::unique_ptr<AUTHORITY_KEYID, openssl::Freed<AUTHORITY_KEYID_free>>;
    const IdPtr id{AUTHORITY_KEYID_new()};
    id->keyid = ASN1_OCTET_STRING_dup(X509_get0_subject_key_id(issuing_.certificate.get()));
    X509_CRL_add1_ext_i2d(list.get(), NID_authority_key_identifier, id.get(), 0, 0);
    openssl::expect(X509_CRL_sign(list.get(), issuing_.key.get(), EVP_sha256()) > 0, Fault::Defect,
                    "signing the CRL");
    Bytes der(static_cast<std::size_t>(i2d_X509_CRL(list.get(), nullptr)));
    auto* at = der.data();
    i2d_X509_CRL(list.get(), &at);
    return der;
}

}  // namespace zegel::hwsim
