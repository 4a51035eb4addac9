#pragma once

#include "drivers/base/clock.h"
#include "drivers/pkcs11/token.h"
#include "hwsim/authority/authority_server.h"
#include "hwsim/chips/piv_chip.h"
#include "hwsim/doors/in_process.h"
#include "pinmailer/press/opening.h"
#include "station/authority/cmp_authority.h"
#include "station/authority/patient_authority.h"
#include "station/desk/receipt_desk.h"
#include "station/journey/card_keys.h"
#include "station/line/line.h"
#include "tests/house/estate.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace zegel::tests {

/// A whole house for a test: a SoftHSM token with the station's keys, the simulated CA over HTTP on
/// loopback, the ledger on disk, a print room's key, and a bench of readers in this process. Every
/// part is the real one but the chips, the readers and the CA.
class House {
public:
    /// All its own, and gone with it.
    House();
    /// A station of this process in an estate that is there before it and stays, with the CA in
    /// another process.
    explicit House(Estate estate);
    ~House();
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    /// An order of this profile, accepted in a batch of its own.
    OrderId accept(const std::string& profile = "group-card-p256", const std::string& group = "g");
    OrderId accept(station::Order order);
    station::Order order(const std::string& profile, const std::string& group);

    /// The CA goes away, and comes back at its address with what it knew.
    void stopAuthority();
    void startAuthority();

    /// Starts the line on the bench. Stopped by `stopLine` or the end of the house.
    void startLine();
    void stopLine();
    /// Readers that wait with a card look again.
    void ring() {
        if (line_) line_->ring();
    }
    /// Waits until `holds`, looking again at each change of a reader's status.
    /// False when it took longer than `atMost`.
    bool await(const std::function<bool()>& holds,
               std::chrono::seconds atMost = std::chrono::seconds{30});
    station::ReaderStatus statusOf(const ReaderName& reader);
    /// Every status a reader had, "state: message", oldest first.
    std::vector<std::string> told();

    station::OrderState stateOf(const OrderId& order) { return entry(order).state; }
    station::OrderEntry entry(const OrderId& order) { return ledger->order(order).value(); }
    station::House journeyHouse();
    /// Serials of the certificates that the CA holds for valid, but for other houses'.
    std::vector<std::string> validAtAuthority() const { return estate_.validAtAuthority(); }
    /// Revokes what is wanted; fails the test when the CA cannot be reached.
    void revokeAll();
    press::OpenedRecord open(const LetterId& letter);

private:
    const bool isAllOurs_;  // before the members that need it
    Estate estate_;

public:
    SystemClock clock;
    fs::path folder;
    std::shared_ptr<pkcs11::Token> token;
    std::unique_ptr<hwsim::AuthorityServer> authorityServer;
    cardprofiles::Profiles profiles;
    std::unique_ptr<station::CmpAuthority> authority;
    std::unique_ptr<station::PatientAuthority> patient;  ///< without pauses
    std::unique_ptr<seal::Sealer> sealer;
    std::unique_ptr<station::Ledger> ledger;
    std::unique_ptr<pkcs11::TokenWrapKey> wrapKey;
    std::unique_ptr<CmacKey> masterKey;
    std::unique_ptr<station::DiversifiedCardKeys> cardKeys;
    openssl::CertificatePtr recovery;
    openssl::PkeyPtr recoveryKey;
    std::unique_ptr<station::GroupKeys> groupKeys;
    station::AttestationRoots attestationRoots;  ///< the simulated maker
    std::unique_ptr<station::LetterDesk> letters;
    std::unique_ptr<station::ReceiptDesk> desk;
    hwsim::InProcessBench bench;
    station::LineSettings lineSettings;

private:
    House(Estate estate, bool allOurs);
    station::AuthoritySettings authoritySettings();

    press::PrintRoomKey printRoom_;
    std::uint16_t authorityPort_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> told_;
    std::unique_ptr<station::StatusBoard> board_;
    std::unique_ptr<station::Line> line_;
    std::jthread lineThread_;
    int batches_ = 0;
};

}  // namespace zegel::tests
