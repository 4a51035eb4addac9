#pragma once

#include "station/api/request.h"
#include "station/api/workplace.h"

namespace zegel::station {

/// Answers a request whose client may make it (rights.h) and whose body is read. Every Failure
/// becomes an answer here; one that stops the station is also told to it.
Answer serve(const Workplace& place, const Right& right, const Request& request);

}  // namespace zegel::station
