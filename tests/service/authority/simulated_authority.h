#pragma once

#include "drivers/base/openssl.h"
#include "drivers/pkcs11/house_certificate.h"
#include "hwsim/authority/authority_server.h"
#include "station/authority/cmp_authority.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace zegel::tests {

inline openssl::PkeyPtr copyOf(const openssl::PkeyPtr& key) {
    EVP_PKEY_up_ref(key.get());
    return openssl::PkeyPtr{key.get()};
}

/// A key that signs what it is asked to, as a chip or the station would.
class SigningKey {
public:
    explicit SigningKey(KeyAlgorithm algorithm)
        : key_(isRsa(algorithm)
                   ? EVP_RSA_gen(algorithm == KeyAlgorithm::Rsa2048 ? 2048U : 3072U)
                   : EVP_EC_gen(algorithm == KeyAlgorithm::EcP384 ? "P-384" : "P-256")) {}

    Bytes spki() const { return openssl::toSpki(*key_); }
    EVP_PKEY& key() const { return *key_; }

    Bytes sign(SignatureScheme scheme, ByteView digest) const {
        const openssl::PkeyCtxPtr context{EVP_PKEY_CTX_new(key_.get(), nullptr)};
        EVP_PKEY_sign_init(context.get());
        if (scheme == SignatureScheme::RsaPssSha512) {
            EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING);
            EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), 64);
        }
        EVP_PKEY_CTX_set_signature_md(context.get(), digest.size() == 32   ? EVP_sha256()
                                                     : digest.size() == 48 ? EVP_sha384()
                                                                           : EVP_sha512());
        std::size_t size = 0;
        EVP_PKEY_sign(context.get(), nullptr, &size, digest.data(), digest.size());
        Bytes signature(size);
        EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size());
        signature.resize(size);
        return signature;
    }

    station::RequestSigner signer() const {
        return [this](SignatureScheme scheme, ByteView digest) { return sign(scheme, digest); };
    }

private:
    openssl::PkeyPtr key_;
};

inline cardprofiles::KeyRule ruleFor(Purpose purpose, KeyAlgorithm algorithm,
                                     SignatureScheme scheme) {
    cardprofiles::KeyRule rule;
    rule.purpose = purpose;
    rule.algorithm = algorithm;
    auto& wanted = rule.certificate;
    wanted.requestSignature = scheme;
    wanted.longestValidityDays = 1096;
    switch (purpose) {
        case Purpose::Authenticity:
            wanted.authorityProfile = "legal-person-authenticity";
            wanted.keyUsage = {"digitalSignature"};
            wanted.extendedKeyUsage = {"1.3.6.1.4.1.311.10.3.12", "1.3.6.1.5.5.7.3.36"};
            wanted.policies = {"2.16.528.1.1003.1.2.41.16.25.4", "0.4.0.2042.1.1"};
            break;
        case Purpose::Authentication:
            wanted.authorityProfile = "legal-person-authentication";
            wanted.keyUsage = {"digitalSignature"};
            wanted.extendedKeyUsage = {"1.3.6.1.5.5.7.3.2"};
            wanted.policies = {"2.16.528.1.1003.1.2.41.16.25.8", "0.4.0.2042.1.1"};
            break;
        case Purpose::Confidentiality:
            wanted.authorityProfile = "legal-person-confidentiality";
            wanted.keyUsage = isRsa(algorithm)
                                  ? std::vector<std::string>{"keyEncipherment", "dataEncipherment"}
                                  : std::vector<std::string>{"keyAgreement"};
            wanted.extendedKeyUsage = {"1.3.6.1.4.1.311.10.3.4"};
            wanted.policies = {"2.16.528.1.1003.1.2.41.16.25.7", "0.4.0.2042.1.1"};
    }
    return rule;
}

inline station::CertificateWish wishFor(const SigningKey& key,
                                        Purpose purpose = Purpose::Authenticity,
                                        KeyAlgorithm algorithm = KeyAlgorithm::EcP256,
                                        SignatureScheme scheme = SignatureScheme::EcdsaSha256) {
    return {{"NL", "Gemeente Ås en Zë", "NTRNL-12345678", "TRIAL Groep Бухгалтерия", {}},
            ruleFor(purpose, algorithm, scheme),
            key.spki()};
}

/// The simulated CA in a temporary folder, and the registration authority it knows.
class SimulatedAuthority {
public:
    SimulatedAuthority() : registrationKey_(EVP_EC_gen("P-256")) {
        auto pattern = (std::filesystem::temp_directory_path() / "zegel-ca-XXXXXX").string();
        folder_ = mkdtemp(pattern.data());
        certificate_ = registrationCertificate(*registrationKey_);
        std::ofstream{folder_ / "ra.pem"} << pkcs11::toPem(*certificate_);
        const openssl::BioPtr key{BIO_new_file((folder_ / "ra-key.pem").c_str(), "w")};
        PEM_write_bio_PrivateKey(key.get(), registrationKey_.get(), nullptr, nullptr, 0, nullptr,
                                 nullptr);
        start();
    }

    ~SimulatedAuthority() {
        stop();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    SimulatedAuthority(const SimulatedAuthority&) = delete;
    SimulatedAuthority& operator=(const SimulatedAuthority&) = delete;

    static openssl::CertificatePtr registrationCertificate(EVP_PKEY& key) {
        const auto now = SystemClock{}.now();
        return pkcs11::selfSignedCertificate(
            key, {"NL", "Zegel B.V.", "Registration", "digitalSignature", {"1.3.6.1.5.5.7.3.28"}},
            now - std::chrono::hours{1}, now + std::chrono::days{1});
    }

    void start(std::uint16_t port = 0) {
        hwsim::AuthoritySimulation wanted;
        wanted.folder = folder_ / "ca";
        wanted.port = port;
        wanted.registrationAuthority = folder_ / "ra.pem";
        server_ = std::make_unique<hwsim::AuthorityServer>(wanted);
        port_ = server_->port();
    }

    void stop() { server_.reset(); }

    void misbehave(const std::string& words) {
        const auto wanted = hwsim::AuthorityMischief.read(words);
        if (!wanted) throw std::invalid_argument{"no such misbehaviour: " + words};
        server_->misbehave(*wanted);
    }

    std::uint16_t port() const { return port_; }
    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(port_) + "/.well-known/cmp";
    }
    const std::filesystem::path& folder() const { return folder_; }
    std::string chain() const { return (folder_ / "ca" / "chain.pem").string(); }

    station::AuthoritySettings settings() const {
        station::AuthoritySettings settings;
        settings.url = url();
        settings.caCertificates = openssl::certificatesFromPemFile(chain());
        settings.registrationAuthority = openssl::certificateFromDer(openssl::toDer(*certificate_));
        settings.registrationAuthorityKey = copyOf(registrationKey_);
        settings.connectTimeout = std::chrono::seconds{20};
        settings.answerTimeout = std::chrono::seconds{60};
        settings.issueTimeout = std::chrono::seconds{120};
        return settings;
    }

    /// "unconfirmed", "confirmed", "rejected,revoked:0"; empty for an unknown serial.
    std::string stateOf(const std::string& serial) const {
        std::string state;
        std::ifstream book{folder_ / "ca" / "issued.txt"};
        for (std::string event, known; book >> event >> known;) {
            std::string rest;
            std::getline(book, rest);
            if (known == serial) state += (state.empty() ? "" : " ") + event;
        }
        return state;
    }

private:
    std::filesystem::path folder_;
    openssl::PkeyPtr registrationKey_;
    openssl::CertificatePtr certificate_;
    std::unique_ptr<hwsim::AuthorityServer> server_;
    std::uint16_t port_ = 0;
};

struct CommandResult {
    int status;
    std::string output;
};

/// Runs a shell command; both streams.
inline CommandResult shell(const std::string& command) {
    CommandResult result{-1, {}};
    auto* const pipe = popen((command + " 2>&1").c_str(), "r");
    std::array<char, 4096> part{};
    while (const auto count = std::fread(part.data(), 1, part.size(), pipe)) {
        result.output.append(part.data(), count);
    }
    result.status = WEXITSTATUS(pclose(pipe));
    return result;
}

}  // namespace zegel::tests
