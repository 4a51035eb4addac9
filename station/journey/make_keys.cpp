#include "station/journey/attestation.h"
#include "station/journey/question.h"

namespace zegel::station {
namespace {

using cardprofiles::KeyOrigin;
using cardprofiles::KeyRule;

MadeKey makeOne(Luggage& luggage, const KeyRule& rule) {
    auto& chip = luggage.chip();
    const auto& house = luggage.house;
    if (rule.origin == KeyOrigin::OnChip) {
        auto spki = chip.makeKey(rule.purpose, rule.algorithm);
        luggage.origins[rule.purpose] =
            provenOrigin(chip, rule, spki, house.attestationRoots, house.clock.now());
        return {rule, std::move(spki), nullptr};
    }
    auto made = house.groupKeys.keyFor(luggage.claim.order, rule);
    chip.importKey(rule.purpose, rule.algorithm, made.pkcs8);
    luggage.origins[rule.purpose] = "made by the station and imported";
    auto spki = openssl::toSpki(*made.key);
    return {rule, std::move(spki), std::move(made.key)};
}

DrawnCodes drawnFor(const cardprofiles::Profile& profile, const std::vector<std::string>& numbers) {
    auto codes = seal::drawCodes(
        {profile.pin.digits, profile.puk ? profile.puk->digits : 0, profile.revocation.symbols},
        numbers);
    auto hash = seal::hashOfRevocation(codes.revocation);
    return {std::move(codes), std::move(hash)};
}

}  // namespace

std::vector<std::string> numbersOf(const Claim& claim) {
    return {claim.order.id.value(), claim.number.value(), claim.chip.serial.value(),
            claim.order.subject.kvkNumber, claim.order.subject.oin.value_or("")};
}

Keyed makeKeys(Opened&& opened) {
    auto luggage = std::move(opened.luggage_);
    luggage.house.tell(Step::MakeKeys);
    luggage.house.ledger.intendKeys(luggage.claim);
    auto drawing = std::async(std::launch::async,
                              [&profile = luggage.profile, numbers = numbersOf(luggage.claim)] {
                                  return drawnFor(profile, numbers);
                              });
    std::vector<std::future<CardCertificate>> questions;
    for (const auto& rule : luggage.profile.keys)
        questions.push_back(askAuthority(luggage, makeOne(luggage, rule)));
    return Keyed{std::move(luggage), std::move(questions), std::move(drawing)};
}

}  // namespace zegel::station
