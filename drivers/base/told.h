#pragma once

#include "drivers/base/failure.h"

#include <string>

namespace zegel {

/// The fault's word as it stands at the end of what people read: " [card-refused]". It is the
/// heading in the handbook (station/HANDBOOK.md).
std::string lookUp(Fault fault);

/// A failure for people: its words, and behind them where to look it up.
std::string told(const Failure& failure);

}  // namespace zegel
