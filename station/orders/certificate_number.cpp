#include "station/orders/certificate_number.h"

#include "drivers/base/failure.h"
#include "station/orders/written_text.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace zegel::station {
namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isCapital(char c) {
    return c >= 'A' && c <= 'Z';
}

/// The remainder by 97 of the number that the characters write out, a letter as two digits.
unsigned remainder(std::string_view text) {
    constexpr unsigned Modulus = 97;
    unsigned rest = 0;
    for (const char c : text) {
        if (!isDigit(c) && !isCapital(c)) {
            throw Failure(Fault::Defect, "check digits are made over A-Z and 0-9 only");
        }
        const auto value =
            isDigit(c) ? static_cast<unsigned>(c - '0') : static_cast<unsigned>(c - 'A') + 10U;
        rest = (rest * (value < 10 ? 10 : 100) + value) % Modulus;
    }
    return rest;
}

std::string twoDigits(unsigned value) {
    return {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
}

/// Capitals, without spaces, hyphens and what else may be left out. Word processors make hyphens
/// of their own: U+2010, U+2011 and U+2013.
std::string bare(std::string_view typed, std::string_view leftOut) {
    constexpr std::array<std::string_view, 3> Hyphens{"\u2010", "\u2011", "\u2013"};
    std::string text;
    for (std::size_t at = 0; at < typed.size();) {
        const auto rest = typed.substr(at);
        const auto* hyphen = std::find_if(Hyphens.begin(), Hyphens.end(),
                                          [&](auto one) { return rest.starts_with(one); });
        if (hyphen != Hyphens.end()) {
            at += hyphen->size();
            continue;
        }
        const char c = typed[at++];
        if (leftOut.find(c) != std::string_view::npos) continue;
        text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return text;
}

std::string withoutZeros(std::string text) {
    return text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
}

constexpr std::size_t YearDigits = 4;
constexpr std::size_t SequenceDigits = 6;
constexpr std::size_t CheckDigits = 2;

}  // namespace

std::string checkDigits(std::string_view body) {
    constexpr unsigned Modulus = 97;
    const unsigned rest = remainder(body) * 100 % Modulus;
    return twoDigits(Modulus + 1 - rest);  // 02 to 98: 00, 01 and 99 are never made
}

bool checks(std::string_view withDigits) {
    return std::all_of(withDigits.begin(), withDigits.end(),
                       [](char c) { return isDigit(c) || isCapital(c); }) &&
           withDigits.size() > CheckDigits && remainder(withDigits) == 1;
}

CertificateNumber certificateNumber(std::string_view prefix, int year, unsigned sequence) {
    const bool formed = prefix.size() >= 2 && prefix.size() <= 4 &&
                        std::all_of(prefix.begin(), prefix.end(), isCapital) && year >= 2000 &&
                        year <= 9999 && sequence >= 1 && sequence <= 999'999;
    if (!formed) {
        throw Failure(Fault::Defect,
                      "a certificate number is made of a prefix of 2 to 4 capitals, a year and a "
                      "sequence up to 999999, not of \"" +
                          std::string(prefix) + "\", " + std::to_string(year) + ", " +
                          std::to_string(sequence));
    }
    std::array<char, 16> digits{};
    std::snprintf(digits.data(), digits.size(), "%06u", sequence);
    const std::string count(digits.data());
    const std::string start(prefix);
    const std::string check = checkDigits(start + std::to_string(year) + count);
    return CertificateNumber(start + "-" + std::to_string(year) + "-" + count + "-" + check);
}

std::optional<CertificateNumber> certificateNumberFrom(std::string_view typed) {
    constexpr std::size_t Digits = YearDigits + SequenceDigits + CheckDigits;
    const std::string text = bare(typed, " -");
    const auto letters = static_cast<std::size_t>(
        std::find_if_not(text.begin(), text.end(), isCapital) - text.begin());
    if (letters < 2 || letters > 4 || text.size() != letters + Digits) return std::nullopt;
    const std::string digits = text.substr(letters);
    if (!std::all_of(digits.begin(), digits.end(), isDigit) || !checks(text)) return std::nullopt;
    return CertificateNumber(text.substr(0, letters) + "-" + digits.substr(0, YearDigits) + "-" +
                             digits.substr(YearDigits, SequenceDigits) + "-" +
                             digits.substr(YearDigits + SequenceDigits));
}

std::optional<CountedNumber> countedNumber(std::string_view typed, std::string_view prefix) {
    const auto number = certificateNumberFrom(typed);
    if (!number || !number->value().starts_with(std::string{prefix} + "-")) return std::nullopt;
    const auto year = number->value().substr(prefix.size() + 1, YearDigits);
    const auto sequence = number->value().substr(prefix.size() + 2 + YearDigits, SequenceDigits);
    return CountedNumber{std::stoi(year), static_cast<unsigned>(std::stoul(sequence))};
}

bool namesCertificate(std::string_view typed, const CertificateNumber& number,
                      std::span<const std::string> serials) {
    if (const auto asNumber = certificateNumberFrom(typed)) return *asNumber == number;
    const std::string serial = withoutZeros(bare(typed, " -:"));
    if (serial.empty()) return false;
    return std::any_of(serials.begin(), serials.end(), [&](const std::string& one) {
        return withoutZeros(bare(one, " -:")) == serial;
    });
}

bool namesSame(std::string_view typed, std::string_view name) {
    return folded(typed) == folded(name);
}

}  // namespace zegel::station
