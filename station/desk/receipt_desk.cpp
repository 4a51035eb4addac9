#include "station/desk/receipt_desk.h"

#include "station/orders/certificate_number.h"

#include <cctype>

namespace zegel::station {
namespace {

/// A serial as people copy it from a certificate's details: colons and spaces between octets.
std::string serialFrom(std::string_view typed) {
    std::string serial;
    for (const auto c : typed) {
        if (c == ':' || c == ' ' || c == '-') continue;
        serial += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return serial;
}

bool awaitsReceipt(OrderState state) noexcept {
    return state == OrderState::Produced || state == OrderState::Dispatched;
}

}  // namespace

ReceiptEntry ReceiptDesk::decide(const Receipt& receipt, std::optional<OrderEntry>& order) {
    ReceiptEntry entry{receipt.id, receipt.name, receipt.number, receipt.by, false,
                       {},         {},           clock_.now()};
    const auto refuse = [&](std::string why) {
        entry.outcome = std::move(why) + "; nothing was released";
        return entry;
    };
    if (const auto number = certificateNumberFrom(receipt.number)) {
        order = ledger_.orderByNumber(*number);
    } else {
        order = ledger_.orderByCertificateSerial(serialFrom(receipt.number));
    }
    if (!order) return refuse("no card has the number " + receipt.number);
    entry.order = order->order.id;
    if (!namesSame(receipt.name, order->order.subject.group)) {
        return refuse("the certificate with the number " + receipt.number +
                      " has another name than '" + receipt.name + "'");
    }
    const auto card = ledger_.card(order->chip.value_or(ChipSerial{}));
    if (card && (card->state == CardState::Revoked || card->state == CardState::Destroyed)) {
        return refuse("the card with the number " + receipt.number + " is revoked");
    }
    if (order->state == OrderState::Received || order->state == OrderState::Closed) {
        return refuse("the receipt of this card came in before");
    }
    if (!awaitsReceipt(order->state)) {
        return refuse("the card is " + std::string{nameOf(order->state)} +
                      " and awaits no receipt");
    }
    const auto profile = profiles_.find(order->order.profile);
    if (profile == profiles_.end()) {
        return refuse("the profile " + order->order.profile + " is no longer offered");
    }
    if (!card || !mayBecome(card->state, CardState::InUse)) {
        return refuse("the card is " + std::string{nameOf(card ? card->state : CardState::Blank)} +
                      " and awaits no receipt");
    }
    entry.accepted = true;
    const bool held = order->letterState == LetterState::Held;
    entry.outcome = "name and number match; the letter " + order->letter->value() +
                    (held ? " is released"
                          : " is " + std::string{nameOf(order->letterState.value())} + " already");
    if (order->state == OrderState::Produced) {
        entry.outcome +=
            "; nobody booked the card out, and this receipt counts for its dispatch: find out how "
            "it went";
    }
    return entry;
}

ReceiptEntry ReceiptDesk::take(const Receipt& receipt, const std::optional<Person>& bearer) {
    if (auto before = ledger_.receipt(receipt.id)) {
        if (before->name == receipt.name && before->number == receipt.number &&
            before->by == receipt.by) {
            return *before;
        }
        throw Failure{Fault::RequestRefused, "receipt " + receipt.id +
                                                 " was given before with other words; give this "
                                                 "one an id of its own"};
    }
    std::optional<OrderEntry> order;
    auto entry = decide(receipt, order);
    entry.bearer = bearer;
    if (!entry.accepted) {
        ledger_.recordReceipt(entry);
        return entry;
    }
    if (order->letterState == LetterState::Held) letters_.expectFit(*order);
    ledger_.releaseByReceipt(entry, *order->letter);
    letters_.layOut();
    return entry;
}

}  // namespace zegel::station
