#pragma once

#include "station/api/request.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace zegel::station {

/// What a person or the order system decided, as a body says it: {"id", "reason"} and the fields
/// that this decision has besides. Who decided is the client: nobody speaks for another.
struct Given {
    std::string id;      ///< a reference of who sent it; the same again changes nothing
    std::string reason;  ///< kept in the audit chain
    std::string by;      ///< the client's common name, else its fingerprint
    std::optional<std::string> batch;
    std::optional<std::string> serial;
    std::optional<std::string> crlReason;  ///< as it was written
};

/// `besides`: "batch", "serial" or "crlReason", where one of them may stand.
/// Errors: OrderUnusable naming line, field and what to do, everything at once.
Given givenIn(const Request& request, std::initializer_list<std::string_view> besides = {});

}  // namespace zegel::station
