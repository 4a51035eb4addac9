#include "station/app/api_settings.h"

#include "station/app/api_spool.h"

#include <algorithm>

namespace zegel::station {

ApiSettings apiSettingsOf(const config::ApiSettings& api, const config::StationSettings& station) {
    ApiSettings settings;
    settings.address = api.address;
    settings.port = api.port;
    settings.certificate = api.certificate;
    settings.key = api.key;
    settings.clientAuthorities = api.clientCa;
    settings.revocations = api.clientCrl;
    settings.roles = api.roles;
    settings.accessLog = api.accessLog;
    settings.spool = apiSpoolOf(station.ledger);
    settings.limits.requestsPerSecond = api.requestsPerSecond;
    settings.limits.answerWithin = api.answerWithin;
    settings.limits.batchWithin = api.batchWithin;
    settings.limits.greetWithin = std::min(settings.limits.greetWithin, api.answerWithin);
    return settings;
}

}  // namespace zegel::station
