#include "tests/house/house.h"

#include "drivers/base/durable_file.h"
#include "drivers/pkcs11/house_certificate.h"
#include "drivers/pkcs11/key_making.h"
#include "drivers/pkcs11/module.h"
#include "drivers/pkcs11/token_cmac_key.h"
#include "drivers/pkcs11/token_private_key.h"
#include "hwsim/chips/piv_attestation.h"
#include "station/desk/revoker.h"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace zegel::tests {
namespace {

SecretBytes pin() {
    return secretOf(bytesOf("123456"));
}

fs::path temporaryFolder() {
    auto pattern = (fs::temp_directory_path() / "zegel-house-XXXXXX").string();
    return ::mkdtemp(pattern.data());
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

openssl::CertificatePtr copyOf(const X509& certificate) {
    return openssl::certificateFromDer(openssl::toDer(certificate));
}

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

}  // namespace

House::House()
    : folder(temporaryFolder()),
      token(sharedToken()),
      profiles(cardprofiles::readProfiles(std::string{ZEGEL_SOURCE_DIR} + "/cardprofiles")) {
    registrationCertificate_ =
        selfSigned(*pkcs11::tokenPrivateKey(token, "registration"), "Test registration authority",
                   "digitalSignature", {"1.3.6.1.5.5.7.3.28"});
    sealCertificate_ =
        selfSigned(*pkcs11::tokenPrivateKey(token, "seal"), "Test seal", "digitalSignature");
    writeDurably(folder / "registration.pem", bytesOf(pkcs11::toPem(*registrationCertificate_)));
    startAuthority();
    authority = std::make_unique<station::CmpAuthority>(authoritySettings());
    patient = std::make_unique<station::PatientAuthority>(
        *authority, clock, station::Patience{std::chrono::seconds{0}, std::chrono::seconds{0}});

    printRoom_.key = openssl::PkeyPtr{EVP_EC_gen("P-256")};
    printRoom_.certificate = selfSigned(*printRoom_.key, "Test print room", "keyAgreement");
    std::vector<openssl::CertificatePtr> recipients;
    recipients.push_back(copyOf(*printRoom_.certificate));
    sealer = std::make_unique<seal::Sealer>(std::move(recipients), copyOf(*sealCertificate_),
                                            pkcs11::tokenPrivateKey(token, "seal"), clock.now());
    recoveryKey = openssl::PkeyPtr{EVP_EC_gen("P-256")};
    recovery = selfSigned(*recoveryKey, "Test recovery", "keyAgreement");

    ledger = std::make_unique<station::Ledger>(folder / "ledger.sqlite", clock);
    wrapKey = std::make_unique<pkcs11::TokenWrapKey>(token, "group-wrap");
    masterKey = std::make_unique<pkcs11::TokenCmacKey>(token, "card-master");
    cardKeys = std::make_unique<station::DiversifiedCardKeys>(*masterKey);
    fs::create_directories(folder / "escrow");
    fs::create_directories(folder / "letters");
    groupKeys =
        std::make_unique<station::GroupKeys>(*ledger, *wrapKey, recovery.get(), folder / "escrow");
    writeDurably(folder / "maker.pem", bytesOf(hwsim::makerRootPem()));
    attestationRoots = station::AttestationRoots{
        openssl::certificatesFromPemFile((folder / "maker.pem").string())};
    desk = std::make_unique<station::ReceiptDesk>(*ledger, profiles, *sealer, clock,
                                                  folder / "letters");
    lineSettings.numberPrefix = "ZG";
    lineSettings.tokenReaders = {"*Token*"};
    lineSettings.retryAfter = std::chrono::milliseconds{200};
}

House::~House() {
    stopLine();
    authority.reset();
    authorityServer.reset();
    ledger.reset();
    fs::remove_all(folder);
}

void House::stopAuthority() {
    authorityServer.reset();
}

void House::startAuthority() {
    hwsim::AuthoritySimulation simulation;
    simulation.folder = folder / "ca";
    simulation.registrationAuthority = folder / "registration.pem";
    simulation.port = authorityPort_;
    authorityServer = std::make_unique<hwsim::AuthorityServer>(std::move(simulation));
    authorityPort_ = Poco::URI{authorityServer->url()}.getPort();
}

station::AuthoritySettings House::authoritySettings() {
    station::AuthoritySettings settings;
    settings.url = authorityServer->url() + "/cmp";
    settings.caCertificates =
        openssl::certificatesFromPemFile((folder / "ca" / "chain.pem").string());
    settings.registrationAuthority = copyOf(*registrationCertificate_);
    settings.registrationAuthorityKey = pkcs11::tokenPrivateKey(token, "registration");
    settings.answerTimeout = std::chrono::seconds{5};
    settings.issueTimeout = std::chrono::seconds{10};
    return settings;
}

station::Order House::order(const std::string& profile, const std::string& group) {
    const auto number = std::to_string(++batches_);
    return {
        OrderId{"ORDER-" + number},
        BatchId{"BATCH-" + number},
        profile,
        group,
        {"NL", "Gemeente Voorbeeld", "12345678", "TRIAL Team Τεστ", std::nullopt},
        {"A. Beheerder", "Gemeente Voorbeeld", {"Dorpsstraat 1"}, "1234 AB", "Ons Dorp", "NL", {}},
        "nl"};
}

OrderId House::accept(const std::string& profile, const std::string& group) {
    return accept(order(profile, group));
}

OrderId House::accept(station::Order order) {
    const auto id = order.id;
    ledger->accept({order.batch, {std::move(order)}, {}}, "digest");
    if (line_) line_->ring();
    return id;
}

station::House House::journeyHouse() {
    return {*ledger, *patient, profiles, *sealer, *cardKeys, *groupKeys, clock, attestationRoots};
}

void House::startLine() {
    board_ = std::make_unique<station::StatusBoard>([this](const station::ReaderStatus& status) {
        const std::lock_guard alone{mutex_};
        told_.push_back(std::string{station::nameOf(status.state)} + ": " + status.message);
        changed_.notify_all();
    });
    const auto notify = [this] {
        const std::lock_guard alone{mutex_};
        changed_.notify_all();
    };
    line_ = std::make_unique<station::Line>(
        journeyHouse(), lineSettings, *board_,
        station::LineEvents{[notify](const station::Produced&) { notify(); },
                            [notify](const station::Claim&, const Failure&) { notify(); },
                            [this](const Failure& failure) {
                                const std::lock_guard alone{mutex_};
                                told_.push_back("station stopped: " + std::string{failure.what()});
                                changed_.notify_all();
                            }});
    lineThread_ = std::jthread{[this](const std::stop_token& stop) {
        const auto watch = bench.watch();
        line_->run(*watch, "", stop);
    }};
}

void House::stopLine() {
    if (!line_) return;
    lineThread_.request_stop();
    lineThread_.join();
    line_.reset();
}

bool House::await(const std::function<bool()>& holds, std::chrono::seconds atMost) {
    constexpr std::chrono::milliseconds Look{20};
    const auto latest = std::chrono::steady_clock::now() + atMost;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > latest) return false;
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, Look);
    }
    return true;
}

station::ReaderStatus House::statusOf(const ReaderName& reader) {
    for (const auto& status : board_->all()) {
        if (status.reader == reader) return status;
    }
    return {};
}

std::vector<std::string> House::told() {
    const std::lock_guard alone{mutex_};
    return told_;
}

std::vector<std::string> House::validAtAuthority() {
    std::vector<std::string> valid;
    std::istringstream lines{fetched(authorityServer->url() + "/issued")};
    for (std::string line; std::getline(lines, line);) {
        if (line.find("revoked") == std::string::npos && !line.empty()) {
            valid.push_back(line.substr(0, line.find(' ')));
        }
    }
    return valid;
}

void House::revokeAll() {
    station::Revoker revoker{*ledger, *patient, profiles, clock, [](const std::string&) {}};
    EXPECT_EQ(revoker.round(), 0U);
}

press::OpenedRecord House::open(const LetterId& letter) {
    return press::openRecord(ledger->sealedCodes(letter), printRoom_, *sealCertificate_);
}

}  // namespace zegel::tests
