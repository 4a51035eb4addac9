#pragma once

#include "cardprofiles/profile_file.h"
#include "station/orders/json_node.h"
#include "station/orders/order.h"
#include "station/orders/strict_object.h"

#include <optional>
#include <string>
#include <string_view>

namespace zegel::station {

/// Reads one order of a batch and checks it against the profile it names. The batch's id is for
/// the caller to add. Nothing when there are complaints.
std::optional<Order> readOrder(const JsonNode& node, const cardprofiles::Profiles& profiles,
                               Complaints& complaints);

/// The order's own id, as far as it can be read and is one.
std::optional<OrderId> orderIdIn(const JsonNode& node);

/// Batch, order and group ids: a letter or digit, then letters, digits, '.', '_' and '-', at most
/// 64: safe as a file name, on paper and on the telephone.
bool isReference(std::string_view text);
inline constexpr std::string_view ReferenceForm =
    "letters, digits, '.', '_' or '-', the first a letter or digit";

/// What a carrier's label or the plate of a reader says of it: visible ASCII and single spaces.
bool isOnLabel(std::string_view text);
inline constexpr std::string_view LabelForm =
    "letters, digits and signs of ASCII, as they stand on it";

/// Of one shipment, and of what is lent: what each dispatch and loan note has room for.
inline constexpr TextRule TrackNumber{.longest = 35, .fits = isOnLabel, .form = LabelForm};
inline constexpr TextRule LoanSerial{.longest = 32, .fits = isOnLabel, .form = LabelForm};

/// A number of the Dutch trade register: eight digits.
bool isKvkNumber(std::string_view text);

/// A government organisation's number, twenty digits, as PKIoverheid's G4 profiles put it in
/// serialNumber: "000000", two digits of the register, nine of the number, "000".
bool isOin(std::string_view text);

}  // namespace zegel::station
