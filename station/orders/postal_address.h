#pragma once

#include "station/orders/order.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// The address block of a letter, ready to print: name, organisation, street, then the postcode,
/// two spaces and the town in capitals; abroad the country's English name in capitals as well.
/// Three to six lines. Errors: OrderUnusable when there are more or fewer.
/// Source: PostNL, "Addressing tips" and "Addressing international mail items".
std::vector<std::string> postalAddress(const Receiver& receiver);

/// "1234 AB" from "1234ab", "1234 AB" or "1234AB"; nothing when it is no Dutch postcode (it starts
/// with 1 to 9, and SA, SD and SS are not given out).
std::optional<std::string> dutchPostcode(std::string_view written);

}  // namespace zegel::station
