#include "station/api/body_rules.h"

#include <algorithm>
#include <charconv>

namespace zegel::station {
namespace {

bool isJson(const std::string& type) {
    const auto named = type.substr(0, type.find_first_of("; \t"));
    return std::ranges::equal(named, std::string_view{"application/json"}, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
    });
}

}  // namespace

std::optional<std::int64_t> lengthSaid(const Poco::Net::HTTPRequest& http) {
    std::optional<std::int64_t> length;
    for (const auto& [name, value] : http) {
        if (Poco::icompare(name, "Content-Length") != 0) continue;
        std::int64_t said = -1;
        const auto* end = value.data() + value.size();
        const auto [stopped, wrong] = std::from_chars(value.data(), end, said);
        const bool digits = wrong == std::errc{} && stopped == end && value.front() != '-';
        if (!digits || length || http.has("Transfer-Encoding")) return -1;
        length = said;
    }
    return length;
}

std::optional<Answer> objectionToBody(const Poco::Net::HTTPRequest& http, const Right& right,
                                      const ApiLimits& limits, const std::string& request) {
    const auto length = lengthSaid(http);
    if (length && *length < 0) {
        return problem(400, "the Content-Length is none; say the body's length once, in digits",
                       request);
    }
    if (right.body == Body::None) {
        if (!http.has("Transfer-Encoding") && length.value_or(0) == 0) return std::nullopt;
        return problem(400, "this endpoint takes no body", request);
    }
    if (!length) return problem(411, "say how long the body is: Content-Length", request);
    if (!isJson(http.getContentType()) || http.has("Content-Encoding")) {
        return problem(415, "send JSON as it is, with Content-Type: application/json", request);
    }
    const auto most = right.body == Body::Batch ? limits.batchOctets : limits.bodyOctets;
    if (static_cast<std::uint64_t>(*length) <= most) return std::nullopt;
    return problem(413,
                   "the body is longer than " + std::to_string(most) + " octets" +
                       (right.body == Body::Batch ? "; send it as several batches" : ""),
                   request);
}

}  // namespace zegel::station
