#include "tests/house/house.h"

#include "drivers/base/durable_file.h"
#include "drivers/pkcs11/token_cmac_key.h"
#include "drivers/pkcs11/token_private_key.h"
#include "hwsim/chips/piv_attestation.h"
#include "station/desk/revoker.h"

#include <Poco/URI.h>
#include <gtest/gtest.h>

namespace zegel::tests {
namespace {

openssl::CertificatePtr copyOf(const X509& certificate) {
    return openssl::certificateFromDer(openssl::toDer(certificate));
}

}  // namespace

House::House() : House(newEstate(temporaryFolder()), true) {}

House::House(Estate estate) : House(std::move(estate), false) {}

House::House(Estate estate, bool allOurs)
    : isAllOurs_(allOurs),
      estate_(std::move(estate)),
      folder(estate_.folder),
      token(estate_.token),
      profiles(cardprofiles::readProfiles(std::string{ZEGEL_SOURCE_DIR} + "/cardprofiles")) {
    if (isAllOurs_) startAuthority();
    authority = std::make_unique<station::CmpAuthority>(authoritySettings());
    patient = std::make_unique<station::PatientAuthority>(
        *authority, clock, station::Patience{std::chrono::seconds{0}, std::chrono::seconds{0}});

    EVP_PKEY_up_ref(estate_.printRoomKey.get());
    printRoom_.key = openssl::PkeyPtr{estate_.printRoomKey.get()};
    printRoom_.certificate = copyOf(*estate_.printRoom);
    std::vector<openssl::CertificatePtr> recipients;
    recipients.push_back(copyOf(*printRoom_.certificate));
    sealer = std::make_unique<seal::Sealer>(std::move(recipients), copyOf(*estate_.seal),
                                            pkcs11::tokenPrivateKey(token, "seal"), clock.now());
    EVP_PKEY_up_ref(estate_.recoveryKey.get());
    recoveryKey = openssl::PkeyPtr{estate_.recoveryKey.get()};
    recovery = copyOf(*estate_.recovery);

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
    letters = std::make_unique<station::LetterDesk>(*ledger, profiles, *sealer, clock,
                                                    folder / "letters", [](const std::string&) {});
    desk = std::make_unique<station::ReceiptDesk>(*ledger, profiles, *letters, clock);
    lineSettings.numberPrefix = "ZG";
    lineSettings.tokenReaders = {"*Token*"};
    lineSettings.retryAfter = std::chrono::milliseconds{200};
}

House::~House() {
    stopLine();
    authority.reset();
    authorityServer.reset();
    ledger.reset();
    if (isAllOurs_) fs::remove_all(folder);
}

void House::stopAuthority() {
    authorityServer.reset();
}

void House::startAuthority() {
    hwsim::AuthoritySimulation simulation;
    simulation.folder = estate_.authorityFolder;
    simulation.registrationAuthority = estate_.registrationFile();
    simulation.port = authorityPort_;
    authorityServer = std::make_unique<hwsim::AuthorityServer>(std::move(simulation));
    estate_.authorityUrl = authorityServer->url();
    authorityPort_ = Poco::URI{estate_.authorityUrl}.getPort();
}

station::AuthoritySettings House::authoritySettings() {
    station::AuthoritySettings settings;
    settings.url = estate_.authorityUrl + "/cmp";
    settings.caCertificates =
        openssl::certificatesFromPemFile((estate_.authorityFolder / "chain.pem").string());
    settings.registrationAuthority = copyOf(*estate_.registration);
    settings.registrationAuthorityKey = pkcs11::tokenPrivateKey(token, "registration");
    settings.answerTimeout = std::chrono::seconds{20};
    settings.issueTimeout = std::chrono::seconds{40};
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

void House::revokeAll() {
    std::string said;
    station::Revoker revoker{*ledger, *patient, profiles, clock,
                             [&](const std::string& line) { said += line + '\n'; }};
    EXPECT_EQ(revoker.round(), 0U) << said;
}

press::OpenedRecord House::open(const LetterId& letter) {
    return press::openRecord(ledger->sealedCodes(letter), printRoom_, *estate_.seal);
}

}  // namespace zegel::tests
