#pragma once

#include "station/api/limits.h"
#include "station/api/request.h"

#include <Poco/Net/HTTPRequest.h>

namespace zegel::station {

/// The body's length as the request says it. Nothing when it says none, and -1 when what it says
/// is no length: not only digits, said twice, or beside a transfer encoding.
std::optional<std::int64_t> lengthSaid(const Poco::Net::HTTPRequest& http);

/// Why this body is not read; nothing when it may be.
std::optional<Answer> objectionToBody(const Poco::Net::HTTPRequest& http, const Right& right,
                                      const ApiLimits& limits, const std::string& request);

}  // namespace zegel::station
