#pragma once

#include "cardprofiles/profile_file.h"
#include "station/orders/order.h"
#include "station/orders/postal_address.h"

#include <string>

namespace zegel::station {

/// Of an order that was taken under it. `paper`: what is made, for the message: "letter 0A1B".
/// Errors: LetterUnusable when it is no longer offered.
const cardprofiles::Profile& profileOffered(const cardprofiles::Profiles& profiles,
                                            const Order& order, const std::string& paper);

/// What every paper says of its order, a letter (seal/letter.h) as well as a note (seal/note.h).
template <typename Paper>
void sayWhose(Paper& paper, const Order& order, const cardprofiles::Profile& profile) {
    paper.language = order.language;
    paper.address = postalAddress(order.manager);
    paper.organisation = order.subject.organisation;
    paper.certificateName = order.subject.group;
    paper.orderReference = order.id.value();
    paper.carrier = std::string{cardprofiles::nameOf(profile.carrier)};
}

}  // namespace zegel::station
