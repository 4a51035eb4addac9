#include "drivers/cards/registry.h"
#include "station/journey/proof.h"
#include "station/journey/stages.h"

#include <future>

namespace zegel::station {
namespace {

Failure untrusted(const std::string& what) {
    return Failure{Fault::CardUntrusted, what};
}

void expectNoFactoryValue(cards::CardDriver& chip, const SecretBytes& pin) {
    const auto left = chip.factoryDefaultsLeft(pin);
    if (left.empty()) return;
    std::string names;
    for (const auto& name : left)
        names += (names.empty() ? "" : ", ") + name;
    throw untrusted("still has its factory value: " + names);
}

void expectPin(cards::CardDriver& chip, const SecretBytes& pin) {
    if (!chip.presentPin(pin).accepted) throw untrusted("the PIN is not accepted any more");
}

std::string triesProved(const std::string& code, std::optional<int> left, int asked) {
    if (!left) return code + " tries: set, and not told by the chip";
    if (*left == asked) return code + " tries: " + std::to_string(asked);
    throw untrusted("the chip gives " + std::to_string(*left) + " tries of the " + code +
                    ", the profile asks " + std::to_string(asked));
}

/// Before a code is presented: a wrong one costs a try, and some chips tell only until then.
void proveTries(cards::CardDriver& chip, const cardprofiles::Profile& profile,
                ProofRecord& record) {
    record.add(triesProved("PIN", chip.pinTriesLeft(), profile.pin.tries));
    if (profile.puk) record.add(triesProved("PUK", chip.pukTriesLeft(), profile.puk->tries));
}

void expectCertificate(cards::CardDriver& chip, const CardCertificate& certificate) {
    const auto found = chip.readCertificate(certificate.rule.purpose);
    if (found && *found == certificate.pending->certificate().der) return;
    throw untrusted("the certificate for " + std::string{nameOf(certificate.rule.purpose)} +
                    (found ? " reads back differently" : " is not on the chip"));
}

/// The CA hears of all at once. When one goes wrong the card is spoiled, and the ledger wants every
/// certificate of it revoked, confirmed or not.
void confirmAll(const std::vector<CardCertificate>& certificates) {
    std::vector<std::future<void>> confirmations;
    for (const auto& certificate : certificates) {
        confirmations.push_back(std::async(
            std::launch::async, [&pending = *certificate.pending] { pending.confirm(); }));
    }
    for (auto& confirmation : confirmations)
        confirmation.get();
}

}  // namespace

Proved proveCard(Sealed&& sealed) {
    auto luggage = std::move(sealed.luggage_);
    auto& guest = *luggage.guest;
    luggage.house.tell(Step::ProveCard);

    guest.session.powerCycle();
    guest.driver = cards::recognise(guest.channel, guest.session.atr());
    auto& chip = *guest.driver;
    if (chip.identity().serial != luggage.claim.chip.serial)
        throw untrusted("another chip came back");
    ProofRecord record{luggage.claim, luggage.house.clock.now()};
    proveTries(chip, luggage.profile, record);
    expectNoFactoryValue(chip, sealed.pin_);
    chip.openWithOwnKeys(luggage.house.cardKeys);
    for (const auto& certificate : sealed.certificates_) {
        expectCertificate(chip, certificate);
        expectPin(chip, sealed.pin_);
        proveKey(chip, certificate.rule, certificate.pending->certificate().der);
        record.add(certificate.rule, certificate.pending->certificate().serial);
        record.add("key for " + std::string{nameOf(certificate.rule.purpose)} + ": " +
                   luggage.origins.at(certificate.rule.purpose));
    }

    confirmAll(sealed.certificates_);
    return Proved{std::move(luggage), record.text()};
}

}  // namespace zegel::station
