#include "station/journey/stages.h"

#include <algorithm>

namespace zegel::station {

Admitted admit(const Claim& claim, const House& house) {
    house.tell(Step::Admit);
    const auto& order = claim.order;
    const auto found = house.profiles.find(order.profile);
    if (found == house.profiles.end()) {
        throw Failure{Fault::OrderUnusable, "order " + order.id.value() + ": the profile '" +
                                                order.profile +
                                                "' is no longer offered by this station"};
    }
    const auto& profile = found->second;
    if (std::ranges::find(profile.languages, order.language) == profile.languages.end()) {
        throw Failure{Fault::OrderUnusable, "order " + order.id.value() + ": the profile '" +
                                                order.profile + "' has no letter in '" +
                                                order.language + "'"};
    }
    for (const auto& rule : profile.keys) {
        if (rule.origin == cardprofiles::KeyOrigin::InStation) {
            house.groupKeys.expectFitting(order, rule);  // before a card is spent
        }
    }
    // So is the token: were it gone, every blank would be spoiled as far as its own keys.
    constexpr std::size_t AnyLength = 16;
    house.cardKeys.key({claim.chip.family, claim.chip.serial, claim.chip.firmware}, "admitted",
                       AnyLength);
    return Admitted{{claim, profile, house, nullptr}};
}

}  // namespace zegel::station
