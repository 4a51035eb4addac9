#include "drivers/base/told.h"
#include "drivers/channel/chaining_channel.h"
#include "drivers/channel/transcript_channel.h"
#include "drivers/iso7816/atr.h"
#include "station/journey/journey.h"
#include "station/line/reader_thread.h"

namespace zegel::station {
namespace {

bool takesExtended(const drivers::CardSession& session) {
    return iso7816::saysExtendedLength(session.atr()) && session.carriesExtended().value_or(true);
}

ChipName nameOf(const cards::ChipIdentity& identity) {
    return {identity.serial, identity.family, identity.firmware};
}

}  // namespace

std::vector<std::string> Line::ReaderThread::profilesOfCarrier() const {
    std::vector<std::string> names;
    for (const auto& [name, profile] : house_.profiles) {
        if (profile.carrier == status_.carrier) names.push_back(name);
    }
    return names;
}

Line::ReaderThread::Next Line::ReaderThread::workOnCard() {
    if (!house_.ledger.anyQueued(profilesOfCarrier(), rule_.batch)) {
        tell(State::Idle, rule_.batch ? "a card is in and no order of batch " +
                                            rule_.batch->value() + " waits for it"
                                      : "a card is in and no order waits for it");
        return Next::CardChangeOrRing;
    }
    try {
        house_.authority.expectAnswering();  // no card is powered up for a CA that is away
        const auto session = reader_->connect();
        std::optional<drivers::TranscriptChannel> transcript;
        transcript_.reset();
        if (!settings_.transcripts.empty()) {
            transcript.emplace(*session, [this](std::string_view line) { tellTranscript(line); });
        }
        drivers::Channel& heard =
            transcript ? static_cast<drivers::Channel&>(*transcript) : *session;
        drivers::ChainingChannel channel{heard, takesExtended(*session)};
        return serve(*session, channel);
    } catch (const Failure& failure) {
        switch (failure.fault()) {
            case Fault::CardPulled:
                pulled_ = "the card was taken out; put it back or put in another" +
                          lookUp(Fault::CardPulled);
                tell(State::Empty, pulled_, Fault::CardPulled);
                return Next::RetryLater;
            case Fault::CardRefused:
            case Fault::CardUntrusted: countFailure(failure.what()); [[fallthrough]];
            case Fault::CardUnsuitable:
                tell(State::Attention, told(failure), failure.fault());
                return Next::CardChange;
            case Fault::AuthorityUnavailable:
            case Fault::ReaderUnavailable:
                tell(State::Paused, told(failure), failure.fault());
                return Next::RetryLater;
            default: throw;
        }
    }
}

/// The station, or its readers, began anew while it was in.
bool Line::ReaderThread::isFinished(const Guest& guest) {
    const auto known = house_.ledger.card(guest.driver->identity().serial);
    if (!known || known->state != CardState::Proved || !known->order) return false;
    if (guest.condition.isBlank()) return false;  // somebody reset it: finished no more
    status_.order = known->order;
    const auto order = house_.ledger.order(*known->order);
    const bool numbered = order && order->number;
    tell(State::Done, "this is the finished card of order " + known->order->value() +
                          (numbered ? ", " + order->number->value() : "") +
                          ": take it out, it goes to dispatch");
    return true;
}

std::optional<std::string> Line::ReaderThread::unwelcome(Guest& guest) {
    const auto known = house_.ledger.card(guest.driver->identity().serial);
    if (!known || known->state == CardState::Blank) return std::nullopt;
    const auto chip = known->chip.serial.value();
    const auto order = known->order ? known->order->value() : std::string{"none"};
    if (known->state == CardState::Proved) {
        return "chip " + chip + " was finished for order " + order +
               " and somebody made it blank since: take it out and keep it apart";
    }
    if (known->state != CardState::Spoiled) {
        return "chip " + chip + " is already " + std::string{station::nameOf(known->state)} +
               " for order " + order + ": take it out, it is not blank";
    }
    if (known->spoiledTimes >= settings_.resetsPerCard) {
        return "chip " + chip + " failed " + std::to_string(known->spoiledTimes) +
               " times: take it out and destroy it";
    }
    if (!guest.driver->capabilities().resets) {
        return "chip " + chip + " was spoiled for order " + order +
               " and cannot be reset: take it out and destroy it";
    }
    return std::nullopt;
}

void Line::ReaderThread::resetSpoiled(Guest& guest) {
    const auto serial = guest.driver->identity().serial;
    const auto known = house_.ledger.card(serial);
    if (!known || known->state != CardState::Spoiled) return;
    tell(State::Working, "resetting a card that was spoiled before");
    // The intent: what cannot be written down is not done.
    house_.ledger.audit("station", "card reset begun", serial.value(),
                        "it was spoiled before; in reader " + status_.reader.value());
    try {
        guest.driver->reset();
    } catch (const Failure& failure) {
        if (isReaderToBlame(failure, Milestone::ChipChanged)) countFailure(failure.what());
        throw;
    }
    house_.ledger.recordReset(serial, nameOf(guest.driver->identity()));
    auto blank = greet(guest.session, guest.channel);
    guest.driver = std::move(blank.driver);
    guest.condition = std::move(blank.condition);
}

Line::ReaderThread::Next Line::ReaderThread::serve(drivers::CardSession& session,
                                                   drivers::Channel& channel) {
    tell(State::Working, std::string{station::nameOf(Step::MeetChip)});
    auto guest = greet(session, channel);
    status_.chip = guest.driver->identity().serial;
    if (isFinished(guest)) return Next::CardChange;
    if (const auto why = unwelcome(guest)) {
        tell(State::Attention, *why + lookUp(Fault::CardUnsuitable), Fault::CardUnsuitable);
        return Next::CardChange;
    }
    const auto turn = house_.authority.takeTurn();  // from here on the chip is changed
    resetSpoiled(guest);
    std::vector<std::string> suitable;
    std::string complaint;
    for (const auto& name : profilesOfCarrier()) {
        auto words = complaintOf(house_.profiles.find(name)->second, guest);
        if (words.empty()) suitable.push_back(name);
        if (complaint.empty()) complaint = std::move(words);
    }
    if (suitable.empty()) {
        tell(State::Attention,
             complaint + "; take it out and put in a blank one" + lookUp(Fault::CardUnsuitable),
             Fault::CardUnsuitable);
        return Next::CardChange;
    }
    return walk(guest, suitable);
}

Line::ReaderThread::Next Line::ReaderThread::walk(Guest& guest,
                                                  const std::vector<std::string>& suitable) {
    const auto claim = house_.ledger.claim(nameOf(guest.driver->identity()), suitable,
                                           settings_.numberPrefix, rule_.batch);
    if (!claim) {
        tell(State::Idle, "a card is in and no order waits for one like it");
        return Next::CardChangeOrRing;
    }
    status_.order = claim->order.id;
    auto house = house_;
    house.tell = [this](Step step) { tell(State::Working, std::string{station::nameOf(step)}); };
    try {
        const auto produced = produceCard(*claim, guest, house);
        ++status_.made;
        failures_.forget(status_.reader);
        events_.produced(produced);
        tell(State::Done, "order " + produced.order.value() + " is made as " +
                              produced.number.value() + ": take the card out");
        return Next::CardChange;
    } catch (const Failure& failure) {
        return dispose(*claim, failure);
    }
}

Line::ReaderThread::Next Line::ReaderThread::dispose(const Claim& claim, const Failure& failure) {
    if (failure.fault() == Fault::LedgerUnwritable)
        throw Failure{failure};  // nothing can be written down
    const auto milestone = house_.ledger.milestone(claim);
    const auto ruling = ruleOn(failure.fault(), milestone);
    auto reason = "order " + claim.order.id.value() + " on chip " + claim.chip.serial.value() +
                  ": " + failure.what();
    auto next = ruling.order == OrderEnd::Hold ? OrderState::OnHold : OrderState::Queued;
    if (failure.fault() == Fault::AuthorityUnavailable && next == OrderState::Queued &&
        house_.ledger.countUnanswered(claim) >= settings_.triesPerOrder) {
        next = OrderState::OnHold;
        reason += "; asked for " + std::to_string(settings_.triesPerOrder) +
                  " times without a usable answer, each may have cost a certificate: see to it "
                  "with the CA, then `zegel order release " +
                  claim.order.id.value() + "`";
    }
    const auto said = reason + lookUp(failure.fault());
    if (ruling.card == CardEnd::Free) {
        house_.ledger.unclaim(claim, next, said);
    } else {
        ++status_.spoiled;
        house_.ledger.spoil(claim, next, said, blamesCard(failure.fault()));
    }
    events_.failed(claim, failure);
    if (blamesCard(failure.fault()) || isReaderToBlame(failure, milestone)) {
        countFailure(reason);
    }
    if (failure.fault() == Fault::CardPulled) {
        pulled_ = "the card was taken out before order " + claim.order.id.value() +
                  " was made; put it back or put in another" + lookUp(Fault::CardPulled);
    }
    switch (ruling.line) {
        case LineEnd::GoOn:
            tell(State::Attention, said, failure.fault());
            // The same card may serve again at once, except for the one that was taken out.
            return failure.fault() == Fault::AuthorityRefused ? Next::CardChangeOrRing
                                                              : Next::RetryLater;
        case LineEnd::SetCardAside:
            tell(State::Attention, said, failure.fault());
            return Next::CardChange;
        case LineEnd::PauseReader:
        case LineEnd::PauseLine:
            tell(State::Paused, said, failure.fault());
            return Next::RetryLater;
        case LineEnd::StopStation: throw Failure{failure};
    }
    return Next::CardChange;
}

}  // namespace zegel::station
