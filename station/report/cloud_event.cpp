#include "station/report/cloud_event.h"

#include "drivers/base/clock.h"

#include <Poco/JSON/Object.h>
#include <Poco/URI.h>

#include <sstream>

namespace zegel::station {
namespace {

Poco::JSON::Object ordered() {
    return Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
}

/// As long as the greatest sequence number there can be, so that texts sort as numbers do.
std::string paddedSequence(std::int64_t sequence) {
    constexpr std::size_t Digits = 19;
    auto digits = std::to_string(sequence);
    return std::string(Digits - digits.size(), '0') + digits;
}

/// One segment of a URI. Source: RFC 3986, 2.3 and 3.3.
std::string segment(const std::string& text) {
    std::string encoded;
    Poco::URI::encode(text, "/?#:@!$&'()*+,;=%", encoded);
    return encoded;
}

void setIfAny(Poco::JSON::Object& json, const char* key, const std::string& value) {
    if (!value.empty()) json.set(key, value);
}

Poco::JSON::Object contentOf(const EventEntry& event) {
    auto json = ordered();
    json.set("kind", event.kind);
    setIfAny(json, "batch", event.batch);
    setIfAny(json, "order", event.order);
    setIfAny(json, "before", event.before);
    json.set("after", event.after);
    setIfAny(json, "reason", event.reason);
    setIfAny(json, "chipSerial", event.chip);
    setIfAny(json, "certificateNumber", event.number);
    setIfAny(json, "certificateName", event.name);
    setIfAny(json, "purpose", event.purpose);
    setIfAny(json, "serial", event.serial);
    if (event.kind == "letter") json.set("letter", event.subject);
    if (event.orders) json.set("orders", static_cast<Poco::UInt64>(*event.orders));
    if (event.refused) json.set("refused", static_cast<Poco::UInt64>(*event.refused));
    if (event.replacement) json.set("replacement", true);
    return json;
}

}  // namespace

std::string eventId(const EventSource& source, const EventEntry& event) {
    return source.instance + "-" + std::to_string(event.sequence);
}

std::string eventType(const EventEntry& event) {
    return "zegel." + event.kind + "." + event.after;
}

std::string cloudEventJson(const EventSource& source, const EventEntry& event) {
    auto json = ordered();
    json.set("specversion", "1.0");
    json.set("id", eventId(source, event));
    json.set("source", "/zegel/" + segment(source.station));
    json.set("type", eventType(event));
    json.set("subject", event.kind + "/" + event.subject);
    json.set("time", toRfc3339(event.at));
    json.set("sequence", paddedSequence(event.sequence));
    json.set("datacontenttype", "application/json");
    json.set("data", contentOf(event));
    std::ostringstream text;
    json.stringify(text);
    return text.str();
}

}  // namespace zegel::station
