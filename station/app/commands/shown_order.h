#pragma once

#include "station/app/commands/command.h"
#include "station/report/batch_report.h"

#include <Poco/JSON/Object.h>

#include <string>
#include <vector>

namespace zegel::station {

/// A row of a table: order, profile, chip, certificate name, number, state, letter.
std::vector<std::string> rowOf(const OrderStatus& order);

/// Why the order is not simply under way, and what a person may do about it; empty when it is.
std::string remarkOn(const OrderStatus& order);

/// One order, as the API shows it; gives the exit status.
int tellOrder(const Poco::JSON::Object& order, bool asJson);

}  // namespace zegel::station
