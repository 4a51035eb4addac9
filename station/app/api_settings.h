#pragma once

#include "config/settings.h"
#include "station/api/server.h"

namespace zegel::station {

/// The API's own settings, from those of the station.
ApiSettings apiSettingsOf(const config::ApiSettings& api, const config::StationSettings& station);

}  // namespace zegel::station
