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
    return Admitted{{claim, profile, house, nullptr}};
}

}  // namespace zegel::station
