#include "tests/house/estate.h"

#include "drivers/base/clock.h"
#include "drivers/base/durable_file.h"
#include "drivers/pkcs11/house_certificate.h"
#include "drivers/pkcs11/key_making.h"
#include "drivers/pkcs11/module.h"
#include "drivers/pkcs11/token_private_key.h"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace zegel::tests {
namespace {

SecretBytes pin() {
    return secretOf(bytesOf("123456"));
}

/// SoftHSM reads its configuration once a process, so all houses of a process share one store.
void pointSoftHsmAt(const fs::path& folder) {
    fs::create_directories(folder / "tokens");
    std::ofstream{folder / "softhsm2.conf"}
        << "directories.tokendir = " << (folder / "tokens").string()
        << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    ::setenv("SOFTHSM2_CONF", (folder / "softhsm2.conf").c_str(), 1);
}

struct TokenStore {
    TokenStore() : folder(temporaryFolder()) {
        pointSoftHsmAt(folder);
        const auto module = pkcs11::Module::load("");
        pkcs11::initialiseToken(*module, "house", pin(), pin());
        token = pkcs11::Token::open(module, "house", pin());
        pkcs11::makeSecretKey(*token, "card-master", pkcs11::SecretKeyUse::Cmac);
        pkcs11::makeSecretKey(*token, "group-wrap", pkcs11::SecretKeyUse::Wrap);
        pkcs11::makeKeyPair(*token, "registration", KeyAlgorithm::EcP256, pkcs11::KeyPairUse::Sign);
        pkcs11::makeKeyPair(*token, "seal", KeyAlgorithm::EcP256, pkcs11::KeyPairUse::Sign);
    }
    ~TokenStore() {
        token.reset();
        fs::remove_all(folder);
    }
    TokenStore(const TokenStore&) = delete;
    TokenStore& operator=(const TokenStore&) = delete;

    fs::path folder;
    std::shared_ptr<pkcs11::Token> token;
};

std::shared_ptr<pkcs11::Token> sharedToken() {
    static const TokenStore store;
    return store.token;
}

openssl::CertificatePtr selfSigned(EVP_PKEY& key, const std::string& name, const std::string& usage,
                                   const std::vector<std::string>& extended = {}) {
    const auto now = SystemClock{}.now();
    auto made =
        pkcs11::selfSignedCertificate(key, {"NL", "Zegel Test", name, usage, extended},
                                      now - std::chrono::hours{1}, now + std::chrono::days{30});
    return openssl::certificateFromDer(openssl::toDer(*made));  // see tokenPrivateKey
}

}  // namespace

std::string fetched(const std::string& url) {
    const Poco::URI uri{url};
    Poco::Net::HTTPClientSession session{uri.getHost(), uri.getPort()};
    Poco::Net::HTTPRequest request{Poco::Net::HTTPRequest::HTTP_GET, uri.getPath()};
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    std::string text;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), text);
    return text;
}

fs::path temporaryFolder() {
    auto pattern = (fs::temp_directory_path() / "zegel-house-XXXXXX").string();
    return ::mkdtemp(pattern.data());
}

Estate newEstate(const fs::path& folder) {
    Estate estate;
    estate.folder = folder;
    estate.authorityFolder = folder / "ca";
    estate.token = sharedToken();
    const auto kept = [](openssl::CertificatePtr made) {
        return std::shared_ptr<X509>{std::move(made)};
    };
    const auto fresh = [] { return std::shared_ptr<EVP_PKEY>{EVP_EC_gen("P-256"), EVP_PKEY_free}; };
    estate.registration =
        kept(selfSigned(*pkcs11::tokenPrivateKey(estate.token, "registration"),
                        "Test registration authority", "digitalSignature", {"1.3.6.1.5.5.7.3.28"}));
    estate.seal = kept(selfSigned(*pkcs11::tokenPrivateKey(estate.token, "seal"), "Test seal",
                                  "digitalSignature"));
    estate.printRoomKey = fresh();
    estate.printRoom = kept(selfSigned(*estate.printRoomKey, "Test print room", "keyAgreement"));
    estate.recoveryKey = fresh();
    estate.recovery = kept(selfSigned(*estate.recoveryKey, "Test recovery", "keyAgreement"));
    fs::create_directories(estate.authorityFolder);
    writeDurably(estate.registrationFile(), bytesOf(pkcs11::toPem(*estate.registration)));
    return estate;
}

std::vector<std::string> Estate::validAtAuthority() const {
    std::vector<std::string> valid;
    std::istringstream lines{fetched(authorityUrl + "/issued")};
    for (std::string line; std::getline(lines, line);) {
        const auto serial = line.substr(0, line.find(' '));
        if (line.find("revoked") != std::string::npos || line.empty()) continue;
        if (!othersValid.contains(serial)) valid.push_back(serial);
    }
    return valid;
}

}  // namespace zegel::tests
