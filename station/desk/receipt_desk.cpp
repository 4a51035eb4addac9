#include "station/desk/receipt_desk.h"

#include "drivers/base/durable_file.h"
#include "pinmailer/seal/letter.h"
#include "station/orders/certificate_number.h"
#include "station/orders/postal_address.h"

#include <algorithm>
#include <cctype>

namespace zegel::station {
namespace {

constexpr std::string_view LetterSuffix = ".letter";
constexpr std::string_view HalfDoneSuffix = ".letter-half-done";
constexpr std::size_t ShownNumberEnd = 5;  // four digits and the hyphen before the check digits

std::filesystem::path fileOf(const std::filesystem::path& folder, const LetterId& letter,
                             std::string_view suffix) {
    return folder / (letter.value() + std::string{suffix});
}

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

ReceiptDesk::ReceiptDesk(Ledger& ledger, const cardprofiles::Profiles& profiles,
                         const seal::Sealer& sealer, const Clock& clock,
                         std::filesystem::path letters)
    : ledger_(ledger),
      profiles_(profiles),
      sealer_(sealer),
      clock_(clock),
      letters_(std::move(letters)) {}

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
    entry.accepted = true;
    entry.outcome = "name and number match; the letter " + order->letter->value() + " is released";
    return entry;
}

ReceiptEntry ReceiptDesk::take(const Receipt& receipt) {
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
    if (!entry.accepted) {
        ledger_.recordReceipt(entry);
        return entry;
    }
    const auto halfDone = fileOf(letters_, *order->letter, HalfDoneSuffix);
    writeDurably(halfDone, letterFor(*order, "receipt " + receipt.id));
    ledger_.releaseByReceipt(entry, *order->letter);
    renameDurably(halfDone, fileOf(letters_, *order->letter, LetterSuffix));
    return entry;
}

void ReceiptDesk::settleHalfDone() {
    for (const auto& released : ledger_.releasedLetters()) {
        const auto halfDone = fileOf(letters_, *released.letter, HalfDoneSuffix);
        if (!std::filesystem::exists(halfDone)) continue;
        renameDurably(halfDone, fileOf(letters_, *released.letter, LetterSuffix));
    }
    for (const auto& file : std::filesystem::directory_iterator{letters_}) {
        if (file.path().extension() == HalfDoneSuffix) std::filesystem::remove(file.path());
    }
}

Bytes ReceiptDesk::letterFor(const OrderEntry& entry, const std::string& evidence) {
    const auto& order = entry.order;
    const auto& profile = profiles_.find(order.profile)->second;
    seal::ReleasedLetter letter;
    letter.letter = *entry.letter;
    letter.templateName = profile.letter;
    letter.language = order.language;
    letter.address = postalAddress(order.manager);
    letter.organisation = order.subject.organisation;
    letter.certificateName = order.subject.group;
    const auto& number = entry.number->value();
    letter.certificateNumberEnd =
        number.substr(number.size() - std::min(ShownNumberEnd, number.size()));
    letter.orderReference = order.id.value();
    letter.carrier = std::string{cardprofiles::nameOf(profile.carrier)};
    letter.pinTries = profile.pin.tries;
    letter.pukTries = profile.puk ? profile.puk->tries : 0;
    letter.releasedAt = clock_.now();
    letter.releasedBy = evidence;
    letter.sealedCodes = ledger_.sealedCodes(*entry.letter);
    return sealer_.sign(seal::encode(letter));
}

}  // namespace zegel::station
