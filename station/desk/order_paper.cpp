#include "station/desk/order_paper.h"

#include "drivers/base/failure.h"

namespace zegel::station {

const cardprofiles::Profile& profileOffered(const cardprofiles::Profiles& profiles,
                                            const Order& order, const std::string& paper) {
    const auto profile = profiles.find(order.profile);
    if (profile != profiles.end()) return profile->second;
    throw Failure{Fault::LetterUnusable, paper + ": the profile " + order.profile +
                                             " of its order is no longer offered; put it back"};
}

}  // namespace zegel::station
