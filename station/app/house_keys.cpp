#include "station/app/house_keys.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/entropy.h"
#include "drivers/pkcs11/house_certificate.h"
#include "drivers/pkcs11/key_making.h"
#include "drivers/pkcs11/module.h"
#include "drivers/pkcs11/token_private_key.h"

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t LongestPin = 64;
constexpr std::size_t MadePinDigits = 16;
constexpr std::chrono::days CertificateLife{3 * 365};
constexpr const char* RegistrationAuthorityUse = "1.3.6.1.5.5.7.3.28";  // id-kp-cmcRA, RFC 6402

/// The first line of a file, straight into wiped memory.
SecretBytes pinFrom(const fs::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        throw Failure{Fault::SettingUnusable, "cannot read the PIN file " + file.string()};
    SecretBytes buffer{LongestPin};
    std::size_t length = 0;
    buffer.fill([&](std::span<std::uint8_t> out) {
        const auto got = ::read(descriptor, out.data(), out.size());
        while (got > 0 && length < static_cast<std::size_t>(got) && out[length] != '\n' &&
               out[length] != '\r') {
            ++length;
        }
    });
    ::close(descriptor);
    if (length == 0)
        throw Failure{Fault::SettingUnusable, "the PIN file " + file.string() + " is empty"};
    return buffer.disclose(Disclosure::ToCipher,
                           [&](ByteView octets) { return secretOf(octets.first(length)); });
}

SecretBytes drawnPin() {
    SecretBytes pin{MadePinDigits};
    pin.fill([](std::span<std::uint8_t> out) {
        constexpr std::uint8_t Unbiased = 250;
        for (auto& digit : out) {
            do
                fillSecretRandom({&digit, 1});
            while (digit >= Unbiased);
            digit = static_cast<std::uint8_t>('0' + digit % 10);
        }
    });
    return pin;
}

void keepPin(const fs::path& file, const SecretBytes& pin) {
    pin.disclose(Disclosure::ToCipher, [&](ByteView digits) { writeDurably(file, digits); });
}

void makeToken(const config::TokenSettings& settings, std::vector<std::string>& made) {
    if (fs::exists(settings.pinFile)) return;
    auto securityFile = settings.pinFile;
    securityFile += ".security-officer";
    if (fs::exists(securityFile)) {
        throw Failure{Fault::SettingUnusable,
                      "the token was made before (" + securityFile.string() +
                          " is there) and its PIN file " + settings.pinFile.string() +
                          " is gone: put it back"};
    }
    const auto userPin = drawnPin();
    const auto securityPin = drawnPin();
    // Refused for a token that exists, before any PIN is written over.
    pkcs11::initialiseToken(*pkcs11::Module::load(settings.module.string()), settings.label,
                            securityPin, userPin);
    keepPin(securityFile, securityPin);
    keepPin(settings.pinFile, userPin);
    made.push_back("token " + settings.label + ", its PIN in " + settings.pinFile.string());
}

/// Says in which part of the settings a certificate stands that will not do.
template <typename Use>
auto namingTable(const std::string& table, Use&& use) {
    try {
        return use();
    } catch (const Failure& failure) {
        if (failure.fault() != Fault::SettingUnusable) throw;
        throw Failure{failure.fault(), "settings, [" + table + "]: " + failure.what()};
    }
}

void makeCertificate(const std::shared_ptr<pkcs11::Token>& token, const std::string& label,
                     const fs::path& file, const pkcs11::HouseCertificate& wanted,
                     std::vector<std::string>& made) {
    if (fs::exists(file)) return;
    const auto key = pkcs11::tokenPrivateKey(token, label);
    const auto now = SystemClock{}.now();
    const auto certificate =
        pkcs11::selfSignedCertificate(*key, wanted, now, now + CertificateLife);
    fs::create_directories(file.parent_path());
    writeDurably(file, bytesOf(pkcs11::toPem(*certificate)));
    made.push_back("certificate " + file.string() + " over the key " + label);
}

}  // namespace

std::shared_ptr<pkcs11::Token> openToken(const config::TokenSettings& settings) {
    return pkcs11::Token::open(pkcs11::Module::load(settings.module.string()), settings.label,
                               [file = settings.pinFile] { return pinFrom(file); });
}

AttestationRoots attestationRootsOf(const config::ChipSettings& settings) {
    std::vector<openssl::CertificatePtr> trusted;
    for (const auto& file : settings.attestationRoots) {
        for (auto& certificate : openssl::certificatesFromPemFile(file.string())) {
            trusted.push_back(std::move(certificate));
        }
    }
    return AttestationRoots{std::move(trusted)};
}

std::vector<openssl::CertificatePtr> caCertificatesOf(const config::AuthoritySettings& settings) {
    std::vector<openssl::CertificatePtr> all;
    for (const auto& file : settings.certificates) {
        for (auto& certificate : openssl::certificatesFromPemFile(file.string()))
            all.push_back(std::move(certificate));
    }
    return all;
}

AuthoritySettings authorityOf(const config::AuthoritySettings& settings,
                              std::shared_ptr<pkcs11::Token> token) {
    AuthoritySettings authority;
    authority.url = settings.url;
    authority.caCertificates = caCertificatesOf(settings);
    auto ours = openssl::certificatesFromPemFile(settings.certificate.string());
    authority.registrationAuthority = std::move(ours.front());
    for (auto above = ours.begin() + 1; above != ours.end(); ++above)
        authority.aboveRegistrationAuthority.push_back(std::move(*above));
    authority.registrationAuthorityKey =
        pkcs11::tokenPrivateKey(std::move(token), settings.keyLabel);
    authority.answerTimeout = settings.answerWithin;
    authority.issueTimeout = settings.decideWithin;
    authority.lines = settings.lines;
    return authority;
}

std::unique_ptr<seal::Sealer> sealerOf(const config::SealSettings& settings,
                                       std::shared_ptr<pkcs11::Token> token, TimePoint now) {
    std::vector<openssl::CertificatePtr> recipients;
    for (const auto& file : settings.printRoom) {
        for (auto& certificate : openssl::certificatesFromPemFile(file.string())) {
            recipients.push_back(std::move(certificate));
        }
    }
    auto own = std::move(openssl::certificatesFromPemFile(settings.certificate.string()).front());
    return namingTable("seal", [&] {
        return std::make_unique<seal::Sealer>(
            std::move(recipients), std::move(own),
            pkcs11::tokenPrivateKey(std::move(token), settings.keyLabel), now);
    });
}

EventSigner eventSignerOf(const config::OrdersSettings& settings,
                          std::shared_ptr<pkcs11::Token> token) {
    const auto certificate =
        std::move(openssl::certificatesFromPemFile(settings.certificate.string()).front());
    return {pkcs11::tokenPrivateKey(std::move(token), settings.keyLabel), *certificate};
}

std::vector<std::string> makeHouse(const config::Settings& settings, const std::string& country,
                                   const std::string& organisation) {
    std::vector<std::string> made;
    makeToken(settings.token, made);
    const auto token = openToken(settings.token);
    const auto missing = [&](const std::string& label) {
        if (token->holds(label)) return false;
        made.push_back("key " + label);
        return true;
    };
    if (missing(settings.token.masterKeyLabel)) {
        pkcs11::makeSecretKey(*token, settings.token.masterKeyLabel, pkcs11::SecretKeyUse::Cmac);
    }
    if (missing(settings.token.wrapKeyLabel)) {
        pkcs11::makeSecretKey(*token, settings.token.wrapKeyLabel, pkcs11::SecretKeyUse::Wrap);
    }
    std::vector<std::string> signing{settings.authority.keyLabel, settings.seal.keyLabel};
    if (settings.orders) signing.push_back(settings.orders->keyLabel);
    for (const auto& label : signing) {
        if (missing(label)) {
            pkcs11::makeKeyPair(*token, label, KeyAlgorithm::EcP256, pkcs11::KeyPairUse::Sign);
        }
    }
    makeCertificate(token, settings.authority.keyLabel, settings.authority.certificate,
                    {country,
                     organisation,
                     settings.station.name + " registration authority",
                     "digitalSignature",
                     {RegistrationAuthorityUse}},
                    made);
    makeCertificate(
        token, settings.seal.keyLabel, settings.seal.certificate,
        {country, organisation, settings.station.name + " seal", "digitalSignature", {}}, made);
    if (settings.orders) {
        makeCertificate(
            token, settings.orders->keyLabel, settings.orders->certificate,
            {country, organisation, settings.station.name + " events", "digitalSignature", {}},
            made);
    }
    return made;
}

}  // namespace zegel::station
