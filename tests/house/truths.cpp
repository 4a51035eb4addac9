#include "tests/house/truths.h"

#include "drivers/base/hex.h"
#include "station/ledger/letter_book.h"
#include "tests/house/secrets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>

namespace zegel::tests {
namespace {

using cardprofiles::ReleaseRule;
using hwsim::PivChip;
using station::CardState;
using station::CertificateState;
using station::LetterState;
using station::OrderState;

bool isIssued(OrderState state) {
    return state == OrderState::Produced || state == OrderState::Dispatched ||
           state == OrderState::Received || state == OrderState::Closed;
}

bool isSettled(const station::OrderEntry& entry) {
    if (isIssued(entry.state) || entry.state == OrderState::Queued) return true;
    const bool notIssued = entry.state == OrderState::OnHold ||
                           entry.state == OrderState::Rejected ||
                           entry.state == OrderState::Cancelled;
    return notIssued && !entry.reason.empty();
}

/// It may be used, by whoever has it and its codes.
bool isLive(CardState state) {
    return state == CardState::Proved || state == CardState::Dispatched ||
           state == CardState::InUse || state == CardState::Returned;
}

/// What was issued, and is no card any more.
bool wasRevoked(House& house, const station::OrderEntry& entry) {
    const auto card = house.ledger->card(*entry.chip);
    return card && (card->state == CardState::Revoked || card->state == CardState::Destroyed);
}

using Events = std::vector<station::EventEntry>;

/// In the order in which they came about, by their order's id.
std::map<std::string, Events> eventsByOrder(House& house) {
    std::map<std::string, Events> all;
    for (auto& event : house.ledger->events(0, std::numeric_limits<std::int32_t>::max()))
        all[event.order].push_back(std::move(event));
    return all;
}

/// A letter left the station's hands by its product's rule alone, and each time it was released it
/// was given to one, who may have given it back.
void expectReleasedByRule(House& house, const station::OrderEntry& entry,
                          const Events& ofTheOrder) {
    const auto letter = house.ledger->letters().letter(*entry.letter).value();
    const auto isHere = letter.state == LetterState::Held || letter.state == LetterState::Expired;
    const auto& rule = house.profiles.at(entry.order.profile).release;
    int released = 0;
    int given = 0;
    bool dispatched = false;
    bool received = false;
    for (const auto& event : ofTheOrder) {
        if (event.kind == "order" && event.subject == entry.order.id.value()) {
            const bool cameBack = event.after == "produced";
            dispatched = event.after == "dispatched" || (dispatched && !cameBack);
            received = event.after == "received" || (received && !cameBack);
        }
        if (event.kind != "letter" || event.subject != letter.letter.value()) continue;
        if (event.after == "released") {
            ++released;
            EXPECT_TRUE(received || (dispatched && rule == ReleaseRule::AfterDispatch) ||
                        event.before != "held")
                << "truth 3: released by no rule";
        }
        if (event.after == "held" && event.before == "released") --released;
        if (event.after == "printing") ++given;
        EXPECT_LE(given, released) << "truth 3: a letter was given out twice";
    }
    EXPECT_TRUE(!isHere || released == 0) << "truth 3";
    const bool gone = letter.state == LetterState::Destroyed;
    EXPECT_EQ(letter.sealed, !gone) << "truth 4: codes outlive their letter, or are lost before";
}

std::shared_ptr<PivChip> chipOf(const std::vector<std::shared_ptr<PivChip>>& chips,
                                const ChipSerial& serial) {
    for (const auto& chip : chips) {
        if (serialOf(*chip) == serial) return chip;
    }
    return nullptr;
}

Bytes padded(const SecretBytes& code) {
    auto octets = code.disclose(Disclosure::ToCheck, [](ByteView digits) {
        return Bytes{digits.begin(), digits.end()};
    });
    octets.resize(8, 0xFF);
    return octets;
}

void expectNoFactoryValue(const PivChip& chip) {
    const auto& memory = chip.memory();
    EXPECT_NE(memory.pin.value, hwsim::factoryPin());
    EXPECT_NE(memory.puk.value, hwsim::factoryPuk());
    EXPECT_NE(memory.management.value, hwsim::factoryManagementKey(memory.management.algorithm));
}

/// Whoever heard all events in order knows the state of everything, and missed no change.
void expectEventsTellAll(House& house) {
    std::map<std::string, std::string> told;  // by kind and subject
    for (const auto& event : house.ledger->events(0, std::numeric_limits<std::int32_t>::max())) {
        if (event.kind == "receipt" || event.kind == "loan" || event.kind == "pin")
            continue;  // none of these is left out, and each stands for itself
        auto& state = told[event.kind + " " + event.subject];
        if (!state.empty() && event.after != "refused") {
            EXPECT_EQ(event.before, state) << "truth 7: " << event.kind << " " << event.subject;
        }
        state = event.after;
    }
    for (const auto& batch : house.ledger->batches()) {
        EXPECT_EQ(told["batch " + batch.id.value()], "accepted") << "truth 7";
        for (const auto& entry : house.ledger->orders(batch.id)) {
            const auto state = told.find("order " + entry.order.id.value());
            EXPECT_EQ(state == told.end() ? "queued" : state->second, nameOf(entry.state))
                << "truth 7: order " << entry.order.id.value();
            if (entry.letterState) {
                EXPECT_EQ(told["letter " + entry.letter->value()], nameOf(*entry.letterState))
                    << "truth 7";
            }
            for (const auto& certificate : house.ledger->certificates(entry.order.id)) {
                EXPECT_EQ(told["certificate " + std::to_string(certificate.row)],
                          nameOf(certificate.state))
                    << "truth 7: certificate of " << entry.order.id.value();
            }
        }
    }
    for (const auto& card : house.ledger->cards()) {
        EXPECT_EQ(told["card " + card.chip.serial.value()], nameOf(card.state))
            << "truth 7: " << card.chip.serial.value();
    }
}

}  // namespace

ChipSerial serialOf(const PivChip& chip) {
    const auto number = chip.memory().serial;
    const Bytes octets{static_cast<std::uint8_t>(number >> 24U),
                       static_cast<std::uint8_t>(number >> 16U),
                       static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number)};
    return ChipSerial{"piv-" + toHex(octets)};
}

int expectTruths(House& house, const std::vector<std::shared_ptr<PivChip>>& chips) {
    house.revokeAll();
    std::map<std::string, int> liveCards;
    for (const auto& card : house.ledger->cards()) {
        if (isLive(card.state)) {
            ++liveCards[card.order->value()];
        }
    }
    const auto events = eventsByOrder(house);
    std::vector<std::string> mayLive;
    Secrets secrets;
    int judged = 0;
    for (const auto& batch : house.ledger->batches()) {
        for (const auto& entry : house.ledger->orders(batch.id)) {
            SCOPED_TRACE(entry.order.id.value());
            EXPECT_TRUE(isSettled(entry)) << "truth 1: " << station::nameOf(entry.state);
            const bool hasCard = isIssued(entry.state) && !wasRevoked(house, entry);
            EXPECT_EQ(liveCards[entry.order.id.value()], hasCard ? 1 : 0) << "truth 1";
            for (const auto& certificate : house.ledger->certificates(entry.order.id)) {
                if (certificate.state == CertificateState::Confirmed)
                    mayLive.push_back(certificate.serial);
                EXPECT_NE(certificate.state, CertificateState::Issued) << "truth 2: neither way";
            }
            if (!isIssued(entry.state)) continue;
            expectReleasedByRule(house, entry, events.at(entry.order.id.value()));
            const auto chip = chipOf(chips, *entry.chip);
            if (!chip) continue;  // made by an earlier walk of the same house
            ++judged;
            expectNoFactoryValue(*chip);
            secrets.add(chip->memory().management.value);
            if (entry.letterState == LetterState::Destroyed) continue;
            const auto opened = house.open(*entry.letter);
            EXPECT_EQ(chip->memory().pin.value, padded(opened.codes.pin)) << "truth 3";
            EXPECT_EQ(chip->memory().puk.value, padded(opened.codes.puk)) << "truth 3";
            EXPECT_EQ(opened.bond.order, entry.order.id);
            EXPECT_EQ(opened.bond.chip, *entry.chip);
            EXPECT_EQ(opened.bond.certificate, *entry.number);
            secrets.add(padded(opened.codes.puk));
        }
    }
    secrets.expectNowhereIn(house.folder);
    auto living = house.validAtAuthority();
    std::ranges::sort(living);
    std::ranges::sort(mayLive);
    EXPECT_EQ(living, mayLive) << "truth 2: valid at the CA and confirmed on an issued card";
    expectEventsTellAll(house);
    EXPECT_EQ(house.ledger->firstBrokenAudit(), std::nullopt) << "truth 8";
    return judged;
}

}  // namespace zegel::tests
