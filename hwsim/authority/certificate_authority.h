#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/openssl.h"
#include "hwsim/authority/certificate_profile.h"
#include "hwsim/authority/misbehaviour.h"

#include <filesystem>
#include <string>

namespace zegel::hwsim {

class IssuedBook;

/// A key and its certificate.
struct Credential {
    openssl::PkeyPtr key;
    openssl::CertificatePtr certificate;
};

/// Root and issuing CA, made when their folder is first used (root.pem and issuing.pem with their
/// keys, chain.pem for those who trust it), and a message signer, new at every start. EC P-256
/// with SHA-256, so that checking a certificate costs a client next to nothing; the signer says
/// id-kp-cmcCA.
class CertificateAuthority {
public:
    /// `url`: where CRL and CA certificate can be fetched, as written into certificates.
    /// Errors: SettingUnusable naming the file.
    CertificateAuthority(const std::filesystem::path& folder, std::string url);

    const X509& issuer() const noexcept { return *issuing_.certificate; }
    const X509& root() const noexcept { return *root_.certificate; }

    /// Who protects the CA's messages while it behaves like this.
    const Credential& signerFor(Mischief mischief) const;

    /// A certificate as the profile says, or as the mischief makes of it.
    /// Errors: Defect when OpenSSL refuses.
    openssl::CertificatePtr issue(const CertificateProfile& profile, const X509_REQ& request,
                                  Mischief mischief) const;

    /// DER of a CRL over everything revoked, valid for two days.
    Bytes revocationList(const IssuedBook& book) const;

private:
    Credential loadOrMake(const std::filesystem::path& folder, const std::string& name,
                          const Credential* issuer) const;
    Credential makeSigner(const std::string& name, bool expired, bool authority) const;

    std::string url_;
    Credential root_;
    Credential issuing_;
    Credential signer_;
    Credential expiredSigner_;
    Credential strangerSigner_;
};

}  // namespace zegel::hwsim
