#include "station/journey/stages.h"

namespace zegel::station {

Sealed sealCodes(Guarded&& guarded) {
    auto luggage = std::move(guarded.luggage_);
    const auto& house = luggage.house;
    const auto& claim = luggage.claim;
    house.tell(Step::SealCodes);

    auto codes = std::move(guarded.drawn_.codes);
    if (!luggage.chip().presentPin(codes.pin).accepted) {
        throw Failure{Fault::CardUntrusted, "the chip does not accept the PIN that it was given"};
    }
    // The proof signs with the PIN, so one copy lives on until the card is proved.
    auto pinForProof = codes.pin.disclose(Disclosure::ToCheck, secretOf);
    const auto sealed = house.sealer.seal(
        std::move(codes), {claim.order.id, claim.chip.serial, claim.number, claim.letter});
    house.ledger.holdLetter(claim, sealed.der(), guarded.drawn_.revocationHash);
    return Sealed{std::move(luggage), std::move(guarded.certificates_), std::move(pinForProof)};
}

}  // namespace zegel::station
