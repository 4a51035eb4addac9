#include "station/orders/receipt.h"

#include "station/orders/paper.h"

#include <charconv>

namespace zegel::station {
namespace {

bool isMoment(std::string_view text) {
    return momentFrom(text).has_value();
}

constexpr TextRule Moment{.longest = 40,
                          .fits = isMoment,
                          .form = "a moment with its zone, such as 2026-11-21T09:30:00Z"};

/// Held against what was written; spaces are forgiven (certificate_number.h).
constexpr TextRule Typed{.longest = 128, .asTyped = true};

/// Takes exactly `digits` digits off the front; -1 when they are not there.
int takeNumber(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return -1;
    int number = 0;
    const auto* end = text.data() + digits;
    const auto [stopped, problem] = std::from_chars(text.data(), end, number);
    if (problem != std::errc() || stopped != end || text.front() == '-') return -1;
    text.remove_prefix(digits);
    return number;
}

bool take(std::string_view& text, std::string_view oneOf) {
    if (text.empty() || oneOf.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

bool takeFraction(std::string_view& text) {
    if (!take(text, ".")) return true;
    const std::size_t end = text.find_first_not_of("0123456789");
    if (end == 0 || end == std::string_view::npos) return false;
    text.remove_prefix(end);
    return true;
}

std::optional<std::chrono::minutes> takeOffset(std::string_view& text) {
    if (take(text, "Zz")) return std::chrono::minutes{0};
    const bool west = !text.empty() && text.front() == '-';
    if (!take(text, "+-")) return std::nullopt;
    const int hours = takeNumber(text, 2);
    if (!take(text, ":")) return std::nullopt;
    const int minutes = takeNumber(text, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    const auto offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
    return west ? -offset : offset;
}

}  // namespace

std::optional<TimePoint> momentFrom(std::string_view rfc3339) {
    std::string_view text = rfc3339;
    const int year = takeNumber(text, 4);
    if (!take(text, "-")) return std::nullopt;
    const int month = takeNumber(text, 2);
    if (!take(text, "-")) return std::nullopt;
    const int day = takeNumber(text, 2);
    if (!take(text, "Tt ")) return std::nullopt;
    const int hour = takeNumber(text, 2);
    if (!take(text, ":")) return std::nullopt;
    const int minute = takeNumber(text, 2);
    if (!take(text, ":")) return std::nullopt;
    const int second = takeNumber(text, 2);
    if (!takeFraction(text)) return std::nullopt;
    const auto offset = takeOffset(text);
    if (!offset || !text.empty() || year < 1970 || month < 1 || day < 1) return std::nullopt;
    // 60 is a leap second (RFC 3339 5.7).
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    return TimePoint{std::chrono::sys_days{date}} + std::chrono::hours{hour} +
           std::chrono::minutes{minute} + std::chrono::seconds{second} - *offset;
}

Receipt readReceipt(std::istream& in, const std::string& source) {
    Receipt receipt;
    receipt.id =
        readPaper(in, source, "receipt", {"$schema", "receipt", "name", "number", "by", "at"},
                  [&](const StrictObject& fields) {
                      receipt.name = fields.text("name", Typed);
                      receipt.number = fields.text("number", Typed);
                      receipt.by = fields.text("by", {.longest = 128, .asTyped = true});
                      receipt.at = momentFrom(fields.text("at", Moment)).value_or(TimePoint{});
                  });
    return receipt;
}

Receipt readReceiptFile(const std::string& path) {
    auto in = openPaper(path);
    return readReceipt(in, std::filesystem::path(path).filename().string());
}

}  // namespace zegel::station
