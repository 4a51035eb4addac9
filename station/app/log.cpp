#include "station/app/log.h"

#include "drivers/base/clock.h"
#include "drivers/base/failure.h"
#include "station/api/request_in_hand.h"

#include <Poco/JSON/Object.h>
#include <Poco/UTF8Encoding.h>

#include <algorithm>
#include <iostream>
#include <sstream>

namespace zegel::station {

namespace {

constexpr char Unreadable = '?';

/// How many octets the character takes that begins here; 0 when that is no UTF-8.
std::size_t octetsOfCharacter(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t octets = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (octets > text.size()) return 0;
    const auto* begin = reinterpret_cast<const unsigned char*>(text.data());
    return Poco::UTF8Encoding::isLegal(begin, static_cast<int>(octets)) ? octets : 0;
}

/// What others wrote stands in some messages: it must neither begin a line of its own nor spoil
/// the file for who reads it as JSON.
std::string onOneLine(std::string_view text) {
    std::string line;
    while (!text.empty()) {
        const auto octets = octetsOfCharacter(text);
        const bool control = text.front() >= 0 && (text.front() < ' ' || text.front() == 0x7F);
        if (octets == 0 || control) {
            line += Unreadable;
        } else {
            line += text.substr(0, octets);
        }
        text.remove_prefix(std::max<std::size_t>(octets, 1));
    }
    return line;
}

/// What a full disk cut short stays a line of its own.
bool endsInMidLine(const std::filesystem::path& file) {
    std::ifstream before{file, std::ios::binary | std::ios::ate};
    if (!before || before.tellg() <= 0) return false;
    before.seekg(-1, std::ios::end);
    return before.get() != '\n';
}

const char* nameOf(Log::Level level) {
    switch (level) {
        case Log::Level::Info: return "info";
        case Log::Level::Warning: return "warning";
        case Log::Level::Error: return "error";
    }
    return "";
}

}  // namespace

Log::Log(const std::filesystem::path& file) {
    if (file.empty()) return;
    const bool cutShort = endsInMidLine(file);
    file_.open(file, std::ios::app);
    if (!file_) throw Failure{Fault::SettingUnusable, "cannot write the log " + file.string()};
    if (cutShort) file_ << '\n';
}

void Log::write(std::string_view said, Level level) {
    const auto at = toRfc3339(SystemClock{}.now());
    const auto line = onOneLine(said);
    Poco::JSON::Object entry{Poco::JSON_PRESERVE_KEY_ORDER};
    entry.set("at", at);
    entry.set("level", nameOf(level));
    entry.set("said", line);
    if (const auto& request = RequestInHand::id(); !request.empty()) entry.set("request", request);
    std::ostringstream json;
    entry.stringify(json);
    const std::lock_guard alone{mutex_};
    std::cout << at + " " + line + "\n" << std::flush;
    if (!file_.is_open()) return;
    if (!file_) {  // a disk that was full for a while costs the lines of that while at most
        file_.clear();
        file_ << '\n';  // behind what there was room for
    }
    file_ << json.str() + "\n" << std::flush;
}

}  // namespace zegel::station
