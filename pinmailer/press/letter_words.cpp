#include "pinmailer/press/letter_words.h"

#include "drivers/base/failure.h"

#include <array>
#include <cstdio>

namespace zegel::press {
namespace {

using Months = std::array<const char*, 12>;

constexpr Months Dutch{"januari", "februari", "maart",     "april",   "mei",      "juni",
                       "juli",    "augustus", "september", "oktober", "november", "december"};
constexpr Months English{"January", "February", "March",     "April",   "May",      "June",
                         "July",    "August",   "September", "October", "November", "December"};

}  // namespace

std::string linesOf(const std::vector<std::string>& address) {
    std::string lines;
    for (const auto& line : address) {
        lines += (lines.empty() ? "" : "\n") + line;
    }
    return lines;
}

std::optional<TimePoint> dayFrom(std::string_view text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    const std::string whole{text};
    if (std::sscanf(whole.c_str(), "%4d-%2u-%2u", &year, &month, &day) != 3) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
    if (!date.ok()) return std::nullopt;
    const TimePoint time = std::chrono::sys_days{date};
    if (toRfc3339(time).substr(0, 10) != text) return std::nullopt;  // no second spelling
    return time;
}

std::string dayIn(std::string_view language, TimePoint time) {
    const bool known = language == "nl" || language == "en";
    if (!known) return toRfc3339(time).substr(0, 10);
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(time)};
    const auto& months = language == "nl" ? Dutch : English;
    return std::to_string(static_cast<unsigned>(day.day())) + " " +
           months.at(static_cast<unsigned>(day.month()) - 1) + " " +
           std::to_string(static_cast<int>(day.year()));
}

std::string wordsOf(std::string_view field, const seal::ReleasedLetter& letter,
                    std::string_view language) {
    if (field == "address") return linesOf(letter.address);
    if (field == "certificate-name") return letter.certificateName;
    if (field == "organisation") return letter.organisation;
    if (field == "certificate-number-end") return letter.certificateNumberEnd;
    if (field == "order") return letter.orderReference;
    if (field == "letter") return letter.letter.value();
    if (field == "pin-tries") return std::to_string(letter.pinTries);
    if (field == "puk-tries") return std::to_string(letter.pukTries);
    if (field == "date") return dayIn(language, letter.releasedAt);
    throw Failure{Fault::Defect, "a template passed its rules with the field " +
                                     std::string{field} + ", which has no words"};
}

}  // namespace zegel::press
