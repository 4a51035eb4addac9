#pragma once

#include "station/journey/house.h"
#include "station/journey/stages.h"

namespace zegel::station {

/// One card's whole walk, from a claimed order to a proved chip and a held letter. Throws the
/// Failure of the step that ended it; what that costs is the line's decision
/// (station/line/disposition.h).
Produced produceCard(const Claim& claim, Guest& guest, const House& house);

}  // namespace zegel::station
