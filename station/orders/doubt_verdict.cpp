#include "station/orders/doubt_verdict.h"

#include "drivers/base/failure.h"
#include "station/orders/json_node.h"
#include "station/orders/order_form.h"
#include "station/orders/strict_object.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace zegel::station {
namespace {

constexpr std::size_t LargestVerdict = std::size_t{16} << 10U;
constexpr std::size_t TransactionDigits = 32;
constexpr std::size_t MostSerialDigits = 40;  // RFC 5280 4.1.2.2: 20 octets

/// As CAs show them: colons and spaces between octets, either case.
std::string plain(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c == ':' || c == ' ') continue;
        digits += c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return digits;
}

bool isHexadecimal(std::string_view digits) {
    return digits.find_first_not_of("0123456789ABCDEF") == std::string_view::npos;
}

bool isTransaction(std::string_view text) {
    const auto digits = plain(text);
    return digits.size() == TransactionDigits && isHexadecimal(digits);
}

bool isSerial(std::string_view text) {
    const auto digits = plain(text);
    return !digits.empty() && digits.size() <= MostSerialDigits && isHexadecimal(digits) &&
           digits.find_first_not_of('0') != std::string::npos;
}

bool isFinding(std::string_view text) {
    return text == "never-issued" || text == "issued";
}

constexpr TextRule Transaction{.longest = 64,
                               .fits = isTransaction,
                               .form = "32 hexadecimal digits, as the status tells them"};
constexpr TextRule Serial{
    .longest = 64, .fits = isSerial, .form = "a serial number, at most 40 hexadecimal digits"};
constexpr TextRule Finding{.fits = isFinding, .form = "\"never-issued\" or \"issued\""};

}  // namespace

DoubtVerdict readDoubtVerdict(std::istream& in, const std::string& source) {
    const JsonNode top =
        readJson(in, source, {.octets = LargestVerdict, .elementOctets = LargestVerdict});
    Complaints complaints;
    DoubtVerdict verdict;
    if (top.kind != JsonNode::Kind::Object) {
        complaints.add(top.line, "", "is not an object: { ... }");
    } else {
        const StrictObject fields(
            top, "", complaints,
            {"$schema", "verdict", "transaction", "found", "serial", "by", "why"});
        fields.textIfAny("$schema", {.longest = 256});
        verdict.id = fields.text("verdict", {.fits = isReference, .form = ReferenceForm});
        verdict.transaction = plain(fields.text("transaction", Transaction));
        const auto found = fields.text("found", Finding);
        const auto serial = fields.textIfAny("serial", Serial);
        if (serial) verdict.serial = plain(*serial);
        if (found == "issued" && !fields.find("serial")) {
            fields.complain("serial", "is missing: which certificate was issued");
        }
        if (found == "never-issued" && serial) {
            fields.complain("serial", "contradicts that none was issued");
        }
        verdict.by = fields.text("by", {.longest = 128});
        verdict.why = fields.text("why", {.longest = 512});
    }
    if (complaints.empty()) return verdict;
    throw Failure(Fault::OrderUnusable,
                  source + ", " + complaints.joined() + "; correct it and lay it out again");
}

DoubtVerdict readDoubtVerdictFile(const std::string& path) {
    const std::string name = std::filesystem::path(path).filename().string();
    std::ifstream in(path, std::ios::binary);
    if (!in || std::filesystem::is_directory(path)) {
        throw Failure(Fault::OrderUnusable,
                      name + ": cannot be opened; check that it is a file the station may read");
    }
    return readDoubtVerdict(in, name);
}

}  // namespace zegel::station
