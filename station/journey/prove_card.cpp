#include "drivers/cards/registry.h"
#include "station/journey/proof.h"
#include "station/journey/stages.h"

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

void expectTries(cards::CardDriver& chip, const cardprofiles::Profile& profile) {
    const auto left = chip.pinTriesLeft();
    if (!left || !chip.capabilities().setsTries || *left == profile.pin.tries) return;
    throw untrusted("the chip gives " + std::to_string(*left) +
                    " tries of the PIN, the profile asks " + std::to_string(profile.pin.tries));
}

void expectCertificate(cards::CardDriver& chip, const CardCertificate& certificate) {
    const auto found = chip.readCertificate(certificate.rule.purpose);
    if (found && *found == certificate.pending->certificate().der) return;
    throw untrusted("the certificate for " + std::string{nameOf(certificate.rule.purpose)} +
                    (found ? " reads back differently" : " is not on the chip"));
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
    expectNoFactoryValue(chip, sealed.pin_);
    chip.openWithOwnKeys(luggage.house.cardKeys);

    ProofRecord record{luggage.claim, luggage.house.clock.now()};
    for (const auto& certificate : sealed.certificates_) {
        expectCertificate(chip, certificate);
        expectPin(chip, sealed.pin_);
        proveKey(chip, certificate.rule, certificate.pending->certificate().der);
        record.add(certificate.rule, certificate.pending->certificate().serial);
    }
    expectTries(chip, luggage.profile);

    std::vector<CertificateRow> confirmed;
    for (const auto& certificate : sealed.certificates_) {
        certificate.pending->confirm();
        confirmed.push_back(certificate.row);
    }
    luggage.house.ledger.recordConfirmed(confirmed);
    return Proved{std::move(luggage), record.text()};
}

}  // namespace zegel::station
