#pragma once

#include "station/api/request.h"
#include "station/api/workplace.h"
#include "station/orders/decision.h"
#include "station/orders/strict_object.h"

#include <functional>
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
    std::optional<std::string> batch{};
    std::optional<std::string> serial{};
    std::optional<std::string> certificate{};  ///< DER in base64
    std::optional<std::string> crlReason{};    ///< as it was written
    std::optional<std::string> outcome{};
    std::optional<std::string> taken{};  ///< the id under which a letter was taken
    bool unseen = false;                 ///< nobody can have seen the old sheet
};

enum class Reason { Given, SpeaksForItself };

/// `besides`: what else may stand there, of the fields above.
/// Errors: OrderUnusable naming line, field and what to do, everything at once.
Given givenIn(const Request& request, std::initializer_list<std::string_view> besides = {},
              Reason reason = Reason::Given);

/// Carries out what is decided about an order or a batch, under the id and by the reason given.
Answer decided(const Workplace& place, const Given& given, Decision decision);

/// The same as `givenIn` for any body: `read` takes its fields.
void readBody(const Request& request,
              const std::function<void(const JsonNode& top, Complaints& complaints)>& read);

}  // namespace zegel::station
