#include "pinmailer/seal/text_lines.h"

#include "drivers/base/failure.h"
#include "drivers/base/openssl.h"
#include "pinmailer/seal/printable.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace zegel::seal {
namespace {

/// Nothing when the text is anything but base64 as toBase64 writes it.
std::optional<Bytes> fromBase64(std::string_view text) {
    Bytes octets(text.size() / 4 * 3);
    const auto length =
        EVP_DecodeBlock(octets.data(), reinterpret_cast<const unsigned char*>(text.data()),
                        static_cast<int>(text.size()));
    if (text.empty() || length != static_cast<int>(octets.size())) return std::nullopt;
    const auto padding = std::ranges::count(text.substr(text.size() - 2), '=');
    octets.resize(octets.size() - static_cast<std::size_t>(padding));
    if (toBase64(octets) != text) return std::nullopt;
    return octets;
}

std::optional<int> numberIn(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool plain = error == std::errc{} && end == text.data() + text.size();
    if (!plain || std::to_string(value) != text) return std::nullopt;
    return value;
}

std::optional<TimePoint> timeIn(const std::string& text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2dZ", &year, &month, &day, &hour, &minute,
                    &second) != 6) {
        return std::nullopt;
    }
    using namespace std::chrono;
    const year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                              std::chrono::day{day}};
    const TimePoint time = sys_days{date} + hours{hour} + minutes{minute} + seconds{second};
    if (!date.ok() || toRfc3339(time) != text) return std::nullopt;  // no second spelling
    return time;
}

}  // namespace

std::string toBase64(ByteView octets) {
    std::string text((octets.size() + 2) / 3 * 4 + 1, '\0');
    const auto length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                        octets.data(), static_cast<int>(octets.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

std::string faultOfWord(std::string_view word) {
    if (word.empty()) return "is empty";
    if (word.size() > LongestWord) return "is longer than 64 octets";
    const auto isPlain = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '-';
    };
    if (!std::ranges::all_of(word, isPlain) || word.front() == '-') {
        return "holds something other than letters, digits and hyphens";
    }
    return {};
}

std::string faultOfAddress(const std::vector<std::string>& lines) {
    constexpr std::size_t Fewest = 3;
    constexpr std::size_t Most = 6;
    if (lines.size() < Fewest || lines.size() > Most) {
        return "has " + std::to_string(lines.size()) + " lines, not three to six";
    }
    for (const auto& line : lines) {
        if (auto fault = faultOfLine(line, LongestLine); !fault.empty()) return fault;
    }
    return {};
}

std::string faultOfCarrier(std::string_view carrier) {
    if (carrier == "smart-card" || carrier == "usb-token") return {};
    return "is neither smart-card nor usb-token";
}

void LineReader::takeHeading(std::string_view heading) {
    if (takeLine() != heading) failBefore("\"" + std::string{heading} + "\" is missing");
}

std::string LineReader::take(std::string_view name) {
    const auto value = takeIf(name);
    if (!value) fail("is not the field " + std::string{name});
    return *value;
}

std::optional<std::string> LineReader::takeIf(std::string_view name) {
    const auto start = std::string{name} + ": ";
    if (rest_.substr(0, start.size()) != start) return std::nullopt;
    return std::string{takeLine().substr(start.size())};
}

int LineReader::takeNumber(std::string_view name) {
    const auto value = takeNumberIf(name);
    if (!value) fail("is not the field " + std::string{name});
    return *value;
}

std::optional<int> LineReader::takeNumberIf(std::string_view name) {
    const auto text = takeIf(name);
    if (!text) return std::nullopt;
    const auto value = numberIn(*text);
    if (!value) failBefore(std::string{name} + " is not a number");
    return value;
}

TimePoint LineReader::takeTime(std::string_view name) {
    const auto value = timeIn(take(name));
    if (!value) failBefore(std::string{name} + " is not a time like 2026-11-21T09:30:00Z");
    return *value;
}

Bytes LineReader::takeOctets(std::string_view name) {
    auto value = fromBase64(take(name));
    if (!value) failBefore(std::string{name} + " is not base64");
    return *std::move(value);
}

void LineReader::expectEnd() const {
    if (!rest_.empty()) fail("follows after the last field");
}

std::string_view LineReader::takeLine() {
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) fail("does not end");
    const auto line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    ++line_;
    return line;
}

void LineReader::fail(const std::string& what) const {
    throw Failure{Fault::SealBroken,
                  "line " + std::to_string(line_) + " of the " + std::string{paper_} + " " + what};
}

void LineReader::failBefore(const std::string& what) const {
    throw Failure{Fault::SealBroken, "line " + std::to_string(line_ - 1) + " of the " +
                                         std::string{paper_} + ": " + what};
}

}  // namespace zegel::seal
