#include "pinmailer/seal/letter.h"

#include "pinmailer/seal/printable.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

namespace zegel::seal {
namespace {

constexpr std::string_view Heading = "zegel-letter 1";
constexpr std::size_t LongestLine = 256;
constexpr std::size_t LongestRule = 512;
constexpr std::size_t LongestWord = 64;
constexpr std::size_t FewestAddressLines = 3;
constexpr std::size_t MostAddressLines = 6;
constexpr int MostTries = 255;

std::string toBase64(ByteView octets) {
    std::string text((octets.size() + 2) / 3 * 4 + 1, '\0');
    const auto length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                        octets.data(), static_cast<int>(octets.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

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

/// Letters, digits and hyphens: fit to be a file's name.
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

std::string faultOfCarrier(std::string_view carrier) {
    if (carrier == "smart-card" || carrier == "usb-token") return {};
    return "is neither smart-card nor usb-token";
}

std::string faultOfTries(int tries, int least) {
    if (tries >= least && tries <= MostTries) return {};
    return "is not a number from " + std::to_string(least) + " to " + std::to_string(MostTries);
}

std::string faultOfLineCount(std::size_t lines) {
    if (lines >= FewestAddressLines && lines <= MostAddressLines) return {};
    return "has " + std::to_string(lines) + " lines, not three to six";
}

void expectNoFault(std::string_view field, const std::string& fault, Fault kind) {
    if (fault.empty()) return;
    throw Failure{kind, "the letter's " + std::string{field} + " " + fault};
}

/// One set of rules for both directions; only the fault differs.
void expectFit(const ReleasedLetter& letter, Fault kind) {
    expectNoFault("letter", faultOfWord(letter.letter.value()), kind);
    expectNoFault("template", faultOfWord(letter.templateName), kind);
    expectNoFault("language", faultOfWord(letter.language), kind);
    expectNoFault("address", faultOfLineCount(letter.address.size()), kind);
    for (const auto& line : letter.address) {
        expectNoFault("address", faultOfLine(line, LongestLine), kind);
    }
    expectNoFault("organisation", faultOfLine(letter.organisation, LongestLine), kind);
    expectNoFault("certificate-name", faultOfLine(letter.certificateName, LongestLine), kind);
    expectNoFault("certificate-number-end", faultOfLine(letter.certificateNumberEnd, LongestWord),
                  kind);
    expectNoFault("order", faultOfLine(letter.orderReference, LongestLine), kind);
    expectNoFault("carrier", faultOfCarrier(letter.carrier), kind);
    expectNoFault("pin-tries", faultOfTries(letter.pinTries, 1), kind);
    expectNoFault("puk-tries", faultOfTries(letter.pukTries, 0), kind);
    expectNoFault("released-by", faultOfLine(letter.releasedBy, LongestRule), kind);
    expectNoFault("sealed", letter.sealedCodes.empty() ? "is empty" : "", kind);
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

/// Reads "name: value" lines in the order they are asked for.
class Lines {
public:
    explicit Lines(ByteView text)
        : rest_(reinterpret_cast<const char*>(text.data()), text.size()) {}

    void takeHeading() {
        if (takeLine() != Heading) failBefore("\"" + std::string{Heading} + "\" is missing");
    }

    std::string take(std::string_view name) {
        const auto value = takeIf(name);
        if (!value) fail("is not the field " + std::string{name});
        return *value;
    }

    std::optional<std::string> takeIf(std::string_view name) {
        const auto start = std::string{name} + ": ";
        if (rest_.substr(0, start.size()) != start) return std::nullopt;
        return std::string{takeLine().substr(start.size())};
    }

    int takeNumber(std::string_view name) {
        const auto value = numberIn(take(name));
        if (!value) failBefore(std::string{name} + " is not a number");
        return *value;
    }

    TimePoint takeTime(std::string_view name) {
        const auto value = timeIn(take(name));
        if (!value) failBefore(std::string{name} + " is not a time like 2026-11-21T09:30:00Z");
        return *value;
    }

    Bytes takeOctets(std::string_view name) {
        auto value = fromBase64(take(name));
        if (!value) failBefore(std::string{name} + " is not base64");
        return *std::move(value);
    }

    void expectEnd() {
        if (!rest_.empty()) fail("follows after the last field");
    }

private:
    std::string_view takeLine() {
        const auto end = rest_.find('\n');
        if (end == std::string_view::npos) fail("does not end");
        const auto line = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        ++line_;
        return line;
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw Failure{Fault::SealBroken,
                      "line " + std::to_string(line_) + " of the letter " + what};
    }

    [[noreturn]] void failBefore(const std::string& what) const {
        throw Failure{Fault::SealBroken,
                      "line " + std::to_string(line_ - 1) + " of the letter: " + what};
    }

    std::string_view rest_;
    int line_ = 1;
};

}  // namespace

Bytes encode(const ReleasedLetter& letter) {
    expectFit(letter, Fault::LetterUnusable);
    std::string text{Heading};
    text += '\n';
    const auto say = [&](std::string_view name, std::string_view value) {
        text.append(name).append(": ").append(value) += '\n';
    };
    say("letter", letter.letter.value());
    say("template", letter.templateName);
    say("language", letter.language);
    for (const auto& line : letter.address) {
        say("address", line);
    }
    say("organisation", letter.organisation);
    say("certificate-name", letter.certificateName);
    say("certificate-number-end", letter.certificateNumberEnd);
    say("order", letter.orderReference);
    say("carrier", letter.carrier);
    say("pin-tries", std::to_string(letter.pinTries));
    say("puk-tries", std::to_string(letter.pukTries));
    say("released-at", toRfc3339(letter.releasedAt));
    say("released-by", letter.releasedBy);
    say("sealed", toBase64(letter.sealedCodes));
    return bytesOf(text);
}

ReleasedLetter decodeReleasedLetter(ByteView text) {
    Lines lines{text};
    lines.takeHeading();
    ReleasedLetter letter;
    letter.letter = LetterId{lines.take("letter")};
    letter.templateName = lines.take("template");
    letter.language = lines.take("language");
    while (auto line = lines.takeIf("address")) {
        letter.address.push_back(*std::move(line));
    }
    letter.organisation = lines.take("organisation");
    letter.certificateName = lines.take("certificate-name");
    letter.certificateNumberEnd = lines.take("certificate-number-end");
    letter.orderReference = lines.take("order");
    letter.carrier = lines.take("carrier");
    letter.pinTries = lines.takeNumber("pin-tries");
    letter.pukTries = lines.takeNumber("puk-tries");
    letter.releasedAt = lines.takeTime("released-at");
    letter.releasedBy = lines.take("released-by");
    letter.sealedCodes = lines.takeOctets("sealed");
    lines.expectEnd();
    expectFit(letter, Fault::SealBroken);
    return letter;
}

}  // namespace zegel::seal
