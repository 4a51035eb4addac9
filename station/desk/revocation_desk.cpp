#include "station/desk/revocation_desk.h"

#include "drivers/base/failure.h"
#include "pinmailer/seal/codes.h"
#include "station/orders/certificate_number.h"

#include <algorithm>
#include <ranges>

namespace zegel::station {
namespace {

constexpr std::size_t LongestSerial = 40;  // RFC 5280, 4.1.2.2: twenty octets
constexpr std::size_t LongestCardNumber = 64;
constexpr std::size_t ShortestSerial = 2;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isHexadecimal(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return isDigit(c) || (c >= 'A' && c <= 'F'); });
}

/// As people copy a serial from a certificate's details: without what stands between octets.
std::string plain(std::string_view typed) {
    std::string text;
    for (const auto c : typed) {
        if (c == ' ' || c == ':') continue;
        text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return text;
}

/// "piv-00A1B2C3", as the station names chips: family in small letters, number in capitals. What
/// stands before the hyphen is more than hexadecimal: "01-77" is a serial.
std::optional<std::string> cardNumberFrom(const std::string& text) {
    const auto hyphen = text.find('-');
    if (hyphen == std::string::npos || text.size() > LongestCardNumber) return std::nullopt;
    if (isHexadecimal(text.substr(0, hyphen))) return std::nullopt;
    const auto number = text.substr(hyphen + 1);
    if (number.empty() || !isHexadecimal(number)) return std::nullopt;
    std::string family = text.substr(0, hyphen);
    for (auto& c : family) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (!isDigit(c) && (c < 'a' || c > 'z')) return std::nullopt;
    }
    return family + "-" + number;
}

bool isIssued(OrderState state) {
    return state == OrderState::Produced || state == OrderState::Dispatched ||
           state == OrderState::Received || state == OrderState::Closed;
}

/// Some codes look like a serial; what is a number is kept in the audit chain.
bool isCodeAgain(std::string_view number, const SecretBytes& code) {
    return code.disclose(Disclosure::ToCheck, [&](ByteView symbols) {
        const auto stands = [](auto c) { return c != ' ' && c != ':' && c != '-'; };
        const auto large = [](auto c) {
            return c >= 'a' && c <= 'z' ? static_cast<int>(c) - 'a' + 'A' : static_cast<int>(c);
        };
        return std::ranges::equal(number | std::views::filter(stands),
                                  symbols | std::views::filter(stands), {}, large, large);
    });
}

/// Serials have 64 bits of chance or more (CA/Browser Forum); numbers of tries are kept for long.
bool looksLikePin(std::string_view number) {
    constexpr std::size_t LongestPin = 12;
    return number.size() <= LongestPin &&
           std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
}

[[noreturn]] void refuse(const std::string& why) {
    throw Failure{Fault::OrderUnusable, why};
}

}  // namespace

std::vector<std::string_view> cardRevocationReasons() {
    std::vector<std::string_view> names;
    for (const auto reason : allRevocationReasons()) {
        if (reason != RevocationReason::CertificateHold) names.push_back(nameOf(reason));
    }
    return names;
}

RevocationReason cardReasonFrom(std::string_view name, std::string_view field) {
    std::string names;
    for (const auto known : cardRevocationReasons()) {
        if (known == name) return *revocationReasonNamed(name);
        names += (names.empty() ? "" : ", ") + std::string{known};
    }
    refuse(std::string{field} + ": is none of " + names +
           "; write the name that RFC 5280 has: the numbers on an issuer's form mean other reasons "
           "there (6 may be privilegeWithdrawn)");
}

std::optional<std::string> revocableNumberFrom(std::string_view typed) {
    if (const auto number = certificateNumberFrom(typed)) return number->value();
    auto text = plain(typed);
    if (auto card = cardNumberFrom(text)) return card;
    if (text.starts_with('-') || text.ends_with('-')) return std::nullopt;
    std::erase(text, '-');  // as a receipt forgives them
    if (text.size() < ShortestSerial || text.size() > LongestSerial || !isHexadecimal(text)) {
        return std::nullopt;
    }
    text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
    if (text.empty()) return std::nullopt;
    return text;
}

std::optional<OrderEntry> RevocationDesk::issuedUnder(const std::string& number) {
    std::optional<OrderEntry> order;
    if (const auto certificate = certificateNumberFrom(number)) {
        order = ledger_.orderByNumber(*certificate);
    } else if (number.find('-') != std::string::npos) {
        order = ledger_.orderByChip(ChipSerial{number});
    } else {
        order = ledger_.orderByCertificateSerial(number);
    }
    if (order && isIssued(order->state) && order->letter) return order;
    return std::nullopt;
}

CodeVerdict RevocationDesk::judge(const RevocationRequest& request, const SecretBytes& code) {
    const auto number = revocableNumberFrom(request.number);
    if (!number) {
        refuse(
            "number: is neither a certificate number such as ZG-2026-000123-02, nor the serial "
            "of a certificate, nor a card number; correct it");
    }
    if (isCodeAgain(request.number, code)) {
        refuse("number: is the code once more; write the number of the certificate or the card");
    }
    if (!seal::looksLikeRevocation(code)) {
        refuse("code: is no revocation code: compare it with the letter, symbol by symbol");
    }
    const auto order = issuedUnder(*number);
    if (!order && looksLikePin(*number)) {
        refuse(
            "number: is as short as a PIN or a PUK, and no certificate has it; write the number of "
            "the certificate or the card, and keep your PIN to yourself");
    }
    CodeTry attempt{*number, request.client};
    if (order) attempt.order = order->order.id;
    if (const auto next = ledger_.revocations().countTry(attempt)) {
        return {CodeVerdict::Kind::NotNow, std::nullopt, next};
    }
    const auto hash = order ? ledger_.revocations().hashOf(*order->letter) : std::string{};
    const bool right = [&] {
        const std::lock_guard alone{oneAtATime_};
        return seal::revocationMatchesEvenly(hash, code);
    }();
    if (!right) {
        ledger_.revocations().recordWrong(attempt);
        return {CodeVerdict::Kind::Wrong, std::nullopt, std::nullopt};
    }
    return {
        CodeVerdict::Kind::Right,
        CardRevocation{request.id, order->order.id, std::string{nameOf(request.reason)}, attempt},
        std::nullopt};
}

Ledger::Settlement RevocationDesk::carryOut(const CardRevocation& revocation) {
    return ledger_.revocations().revoke(revocation);
}

}  // namespace zegel::station
