#include "station/orders/postal_address.h"

#include "drivers/base/failure.h"
#include "station/orders/country.h"

#include <Poco/UTF8String.h>

#include <algorithm>

namespace zegel::station {
namespace {

constexpr std::size_t FewestLines = 3;
constexpr std::size_t MostLines = 6;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isCapital(char c) {
    return c >= 'A' && c <= 'Z';
}

char capital(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string townLine(const Receiver& receiver) {
    const std::string town = Poco::UTF8::toUpper(receiver.town);
    return receiver.postcode.empty() ? town : receiver.postcode + "  " + town;
}

}  // namespace

std::vector<std::string> postalAddress(const Receiver& receiver) {
    std::vector<std::string> lines{receiver.name};
    if (!receiver.organisation.empty()) lines.push_back(receiver.organisation);
    lines.insert(lines.end(), receiver.street.begin(), receiver.street.end());
    lines.push_back(townLine(receiver));
    if (receiver.country != "NL") {
        const auto country = countryName(receiver.country).value_or(receiver.country);
        lines.push_back(Poco::UTF8::toUpper(std::string(country)));
    }
    if (lines.size() < FewestLines || lines.size() > MostLines) {
        throw Failure(Fault::OrderUnusable, "the address of " + receiver.name + " takes " +
                                                std::to_string(lines.size()) +
                                                " lines; a letter has room for 3 to 6, shorten it");
    }
    return lines;
}

std::optional<std::string> dutchPostcode(std::string_view written) {
    std::string joined;
    std::transform(written.begin(), written.end(), std::back_inserter(joined), capital);
    if (joined.size() == 7 && joined[4] == ' ') joined.erase(4, 1);
    if (joined.size() != 6 || joined[0] == '0') return std::nullopt;
    const bool formed = std::all_of(joined.begin(), joined.begin() + 4, isDigit) &&
                        isCapital(joined[4]) && isCapital(joined[5]);
    if (!formed) return std::nullopt;
    const std::string_view letters = std::string_view(joined).substr(4);
    if (letters == "SA" || letters == "SD" || letters == "SS") return std::nullopt;
    return joined.insert(4, " ");
}

}  // namespace zegel::station
