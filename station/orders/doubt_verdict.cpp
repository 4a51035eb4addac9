#include "station/orders/doubt_verdict.h"

#include "drivers/base/certificate_facts.h"
#include "station/orders/order_form.h"
#include "station/orders/paper.h"

#include <algorithm>
#include <cctype>

namespace zegel::station {
namespace {

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

bool isBase64(std::string_view text) {
    const auto end = text.find_last_not_of('=') + 1;  // 0 when there is nothing else
    const auto isDigit = [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '+' || c == '/';
    };
    return end > 0 && text.size() % 4 == 0 && text.size() - end <= 2 &&
           std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), isDigit);
}

Bytes decoded(std::string_view base64) {
    Bytes octets(base64.size() / 4 * 3);
    EVP_DecodeBlock(octets.data(), reinterpret_cast<const unsigned char*>(base64.data()),
                    static_cast<int>(base64.size()));
    octets.resize(octets.size() - static_cast<std::size_t>(std::ranges::count(base64, '=')));
    return octets;
}

std::string_view withoutZeros(std::string_view digits) {
    return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

constexpr TextRule Transaction{.longest = 64,
                               .fits = isTransaction,
                               .form = "32 hexadecimal digits, as the status tells them"};
constexpr TextRule Serial{
    .longest = 64, .fits = isSerial, .form = "a serial number, at most 40 hexadecimal digits"};
constexpr TextRule Finding{.fits = isFinding, .form = "\"never-issued\" or \"issued\""};
void readCertificate(const StrictObject& fields, DoubtVerdict& verdict) {
    const auto text = fields.textIfAny("certificate", CertificateText);
    if (!text) return;
    if (const auto objection = takeCertificate(verdict, *text)) {
        fields.complain(objection->field, objection->what);
    }
}

}  // namespace

const TextRule CertificateText{.longest = 8192,
                               .fits = isBase64,
                               .form = "the certificate's DER in base64, without line ends"};

std::optional<VerdictObjection> takeCertificate(DoubtVerdict& verdict, std::string_view base64) {
    try {
        auto der = decoded(base64);
        const auto certificate = openssl::certificateFromDer(der, Fault::OrderUnusable);
        const auto serial = openssl::serialOf(*certificate);
        if (verdict.serial && withoutZeros(*verdict.serial) != withoutZeros(serial)) {
            return VerdictObjection{"serial", "is not the certificate's, which is " + serial};
        }
        verdict.serial = serial;
        verdict.certificate = std::move(der);
        return std::nullopt;
    } catch (const Failure&) {
        return VerdictObjection{"certificate", "is no X.509 certificate"};
    }
}

DoubtVerdict readDoubtVerdict(std::istream& in, const std::string& source) {
    DoubtVerdict verdict;
    verdict.id = readPaper(
        in, source, "verdict",
        {"$schema", "verdict", "transaction", "found", "serial", "certificate", "by", "why"},
        [&](const StrictObject& fields) {
            verdict.transaction = plain(fields.text("transaction", Transaction));
            const auto found = fields.text("found", Finding);
            if (const auto serial = fields.textIfAny("serial", Serial)) {
                verdict.serial = plain(*serial);
            }
            readCertificate(fields, verdict);
            const bool says =
                fields.find("serial") != nullptr || fields.find("certificate") != nullptr;
            if (found == "issued" && !says) {
                fields.complain("certificate",
                                "is missing, and so is the serial: which one was "
                                "issued");
            }
            if (found == "never-issued" && says) {
                fields.complain(fields.find("serial") ? "serial" : "certificate",
                                "contradicts that none was issued");
            }
            verdict.by = fields.text("by", {.longest = 128, .asTyped = true});
            verdict.why = fields.text("why", {.longest = 512, .asTyped = true});
        });
    return verdict;
}

DoubtVerdict readDoubtVerdictFile(const std::string& path) {
    auto in = openPaper(path);
    return readDoubtVerdict(in, std::filesystem::path(path).filename().string());
}

}  // namespace zegel::station
