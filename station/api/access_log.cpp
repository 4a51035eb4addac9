#include "station/api/access_log.h"

#include "drivers/base/failure.h"

#include <Poco/JSON/Object.h>

#include <sstream>

namespace zegel::station {

AccessLog::AccessLog(const std::filesystem::path& file, const Clock& clock) : clock_(clock) {
    file_.open(file, std::ios::app);
    if (!file_) throw Failure{Fault::SettingUnusable, "cannot write the log " + file.string()};
}

void AccessLog::write(const Access& access) {
    Poco::JSON::Object line{Poco::JSON_PRESERVE_KEY_ORDER};
    const auto say = [&](const char* name, const std::string& value) {
        if (!value.empty()) line.set(name, value);
    };
    say("at", toRfc3339(clock_.now()));
    say("request", access.request);
    say("address", access.address);
    say("client", access.client);
    say("fingerprint", access.fingerprint);
    say("method", access.method);
    say("path", access.path);
    if (access.status != 0) line.set("status", access.status);
    if (access.status != 0) line.set("octets", static_cast<Poco::UInt64>(access.octets));
    line.set("milliseconds", static_cast<Poco::Int64>(access.took.count()));
    say("why", access.why);
    std::ostringstream text;
    line.stringify(text);
    const std::lock_guard alone{mutex_};
    file_.clear();  // a disk that was full for a while costs the lines of that while at most
    file_ << text.str() << '\n' << std::flush;
}

}  // namespace zegel::station
