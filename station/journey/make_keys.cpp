#include "station/journey/stages.h"

namespace zegel::station {
namespace {

using cardprofiles::KeyOrigin;
using cardprofiles::KeyRule;

/// The chip's own statement, where it can make one: this very key, signed by the issuer it shows.
void expectAttested(cards::CardDriver& chip, const KeyRule& rule, const Bytes& spki) {
    if (!rule.attestationWanted || !chip.capabilities().attests) return;
    const auto chain = chip.attestation(rule.purpose);
    if (chain.empty()) return;  // applets say the version of a chip that attests, and do not
    const auto untrusted = [&](const std::string& what) {
        return Failure{Fault::CardUntrusted, "the attestation of the key for " +
                                                 std::string{nameOf(rule.purpose)} + " " + what};
    };
    if (chain.size() < 2) throw untrusted("comes without its issuer");
    const auto statement = openssl::certificateFromDer(chain[0], Fault::CardUntrusted);
    const auto issuer = openssl::certificateFromDer(chain[1], Fault::CardUntrusted);
    if (openssl::toSpki(*X509_get0_pubkey(statement.get())) != spki) {
        throw untrusted("is about another key");
    }
    if (X509_verify(statement.get(), X509_get0_pubkey(issuer.get())) != 1) {
        openssl::takeErrors();
        throw untrusted("is not signed by the chip's attestation key");
    }
}

MadeKey makeOne(const Luggage& luggage, const KeyRule& rule) {
    auto& chip = luggage.chip();
    if (rule.origin == KeyOrigin::OnChip) {
        auto spki = chip.makeKey(rule.purpose, rule.algorithm);
        expectAttested(chip, rule, spki);
        return {rule, std::move(spki), nullptr};
    }
    auto made = luggage.house.groupKeys.keyFor(luggage.claim.order, rule);
    chip.importKey(rule.purpose, rule.algorithm, made.pkcs8);
    auto spki = openssl::toSpki(*made.key);
    return {rule, std::move(spki), std::move(made.key)};
}

}  // namespace

Keyed makeKeys(Opened&& opened) {
    auto luggage = std::move(opened.luggage_);
    luggage.house.tell(Step::MakeKeys);
    luggage.house.ledger.intendKeys(luggage.claim);
    std::vector<MadeKey> keys;
    for (const auto& rule : luggage.profile.keys)
        keys.push_back(makeOne(luggage, rule));
    return Keyed{std::move(luggage), std::move(keys)};
}

}  // namespace zegel::station
