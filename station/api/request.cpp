#include "station/api/request.h"

#include "drivers/base/told.h"

#include <Poco/JSON/Object.h>
#include <Poco/Net/HTTPResponse.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>

namespace zegel::station {
namespace {

constexpr std::int64_t UsualPage = 100;
constexpr std::int64_t LargestPage = 1000;

/// One word of each problem, for programs; people read `detail`.
std::string_view nameOf(int status) noexcept {
    switch (status) {
        case 400: return "bad-request";
        case 403: return "not-allowed";
        case 404: return "not-known";
        case 405: return "no-such-method";
        case 408: return "too-slow";
        case 409: return "conflict";
        case 411: return "length-missing";
        case 413: return "too-large";
        case 415: return "not-json";
        case 422: return "unusable";
        case 429: return "too-many-requests";
        case 503: return "unavailable";
        default: return "defect";
    }
}

}  // namespace

Answer problem(int status, const std::string& detail, const std::string& request) {
    Poco::JSON::Object body{Poco::JSON_PRESERVE_KEY_ORDER};
    body.set("type", "urn:zegel:problem:" + std::string{nameOf(status)});
    body.set("title", Poco::Net::HTTPResponse::getReasonForStatus(
                          static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status)));
    body.set("status", status);
    body.set("detail", detail);
    body.set("request", request);
    std::ostringstream text;
    body.stringify(text);
    Answer answer;
    answer.status = status;
    answer.type = "application/problem+json";
    answer.body = text.str() + "\n";
    answer.why = detail;
    return answer;
}

Answer noRoomFor(const std::string& what, const std::string& why, const std::string& request) {
    auto answer =
        problem(503,
                "the station has no room for this " + what +
                    " now; ask again when that has been mended" + lookUp(Fault::LedgerUnwritable),
                request);
    answer.why = "beside the ledger: " + why;
    return answer;
}

Query::Query(const std::string& text, std::initializer_list<std::string_view> known) {
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('&', at), text.size());
        const auto pair = text.substr(at, end - at);
        at = end + 1;
        const auto middle = std::min(pair.find('='), pair.size());
        const auto name = percentDecoded(pair.substr(0, middle));
        const auto value =
            percentDecoded(middle < pair.size() ? pair.substr(middle + 1) : std::string{});
        if (!name || !value) {
            object("the query is not well encoded");
        } else if (std::ranges::find(known, *name) == known.end()) {
            object("the query holds an unknown name; this endpoint knows " + [&] {
                std::string names;
                for (const auto each : known)
                    names += (names.empty() ? "" : ", ") + std::string{each};
                return names.empty() ? std::string{"none"} : names;
            }());
        } else if (!values_.emplace(*name, *value).second) {
            object("the query holds " + *name + " twice");
        }
    }
}

std::optional<std::string> Query::text(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    return found->second;
}

std::int64_t Query::number(std::string_view name, std::int64_t least, std::int64_t most,
                           std::int64_t otherwise) {
    const auto said = text(name);
    if (!said) return otherwise;
    std::int64_t number = 0;
    const auto* end = said->data() + said->size();
    const auto [stopped, problem] = std::from_chars(said->data(), end, number);
    if (problem == std::errc{} && stopped == end && !said->empty() && number >= least &&
        number <= most) {
        return number;
    }
    object(std::string{name} + " is no number from " + std::to_string(least) + " to " +
           std::to_string(most));
    return otherwise;
}

std::size_t Query::limit() {
    return static_cast<std::size_t>(number("limit", 1, LargestPage, UsualPage));
}

std::int64_t Query::after() {
    return number("after", 0, std::numeric_limits<std::int64_t>::max(), 0);
}

void Query::object(const std::string& complaint) {
    objection_ += (objection_.empty() ? "" : "; ") + complaint;
}

}  // namespace zegel::station
