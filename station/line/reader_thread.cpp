#include "station/line/reader_thread.h"

#include "drivers/base/entropy.h"
#include "drivers/base/hex.h"
#include "drivers/base/told.h"

#include <algorithm>
#include <fnmatch.h>
#include <fstream>

namespace zegel::station {
namespace {

constexpr std::chrono::milliseconds LongestLook{2000};

bool isToken(const ReaderName& name, const std::vector<std::string>& patterns) {
    return std::ranges::any_of(patterns, [&](const std::string& pattern) {
        return ::fnmatch(pattern.c_str(), name.value().c_str(), FNM_CASEFOLD) == 0;
    });
}

}  // namespace

Line::ReaderThread::ReaderThread(ReaderName name, drivers::ReaderWatch& watch, const House& house,
                                 const LineSettings& settings, StatusBoard& board,
                                 FailuresInRow& failures, const LineEvents& events)
    : house_(house),
      settings_(settings),
      board_(board),
      failures_(failures),
      events_(events),
      reader_(watch.reader(name)) {
    status_.reader = name;
    status_.carrier = isToken(name, settings.tokenReaders) ? cardprofiles::Carrier::UsbToken
                                                           : cardprofiles::Carrier::SmartCard;
    if (const auto before = board.last(name)) {  // it was gone, or its service was
        status_.made = before->made;
        status_.spoiled = before->spoiled;
    }
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

Line::ReaderThread::~ReaderThread() {
    thread_.request_stop();
    reader_->interrupt();
}

void Line::ReaderThread::requestStop() noexcept {
    thread_.request_stop();
    reader_->interrupt();
}

void Line::ReaderThread::ring() noexcept {
    rung_ = true;
    reader_->interrupt();
}

void Line::ReaderThread::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            const auto presence = reader_->presence();
            if (presence.state == drivers::Presence::State::Gone) {
                tell(State::Gone, "the reader is not there any more");
                break;
            }
            const auto next = lookAt(presence);
            wait(next, presence, stop);
        } catch (const Failure& failure) {
            if (failure.fault() != Fault::ReaderUnavailable) {
                tell(State::Attention, told(failure), failure.fault());
                events_.stopStation(failure);
                ended_ = true;
                return;
            }
            tell(State::Paused, told(failure), failure.fault());
            pauseBriefly(stop);
        } catch (const std::exception& defect) {
            tell(State::Attention, defect.what() + lookUp(Fault::Defect), Fault::Defect);
            events_.stopStation(Failure{Fault::Defect, defect.what()});
            ended_ = true;
            return;
        }
    }
    ended_ = true;
}

/// The service is away, or hangs over this reader: it is asked until it says what is so.
void Line::ReaderThread::pauseBriefly(const std::stop_token& stop) {
    std::mutex alone;
    std::unique_lock lock{alone};
    std::condition_variable_any{}.wait_for(lock, stop, LongestLook / 4, [] { return false; });
}

Line::ReaderThread::Next Line::ReaderThread::lookAt(const drivers::Presence& presence) {
    status_.order.reset();
    status_.chip.reset();
    rung_ = false;
    rule_ = house_.ledger.readerRule(status_.reader);
    const bool isEmpty = presence.state == drivers::Presence::State::Empty;
    if (!isEmpty) pulled_.clear();
    if (!rule_.setAside.empty()) return leaveAlone(isEmpty);
    if (failures_.of(status_.reader) >= settings_.failuresPerReader) {
        failures_.forget(status_.reader);  // a person resumed it
    }
    switch (presence.state) {
        case drivers::Presence::State::Card: return workOnCard();
        case drivers::Presence::State::MuteCard:
            tell(State::Attention,
                 "the card does not answer: take it out, check its side, try another" +
                     lookUp(Fault::CardUnsuitable),
                 Fault::CardUnsuitable);
            countFailure("the card does not answer");
            return Next::CardChange;
        default: return awaitCard();
    }
}

Line::ReaderThread::Next Line::ReaderThread::leaveAlone(bool isEmpty) {
    const std::string untouched = isEmpty ? "" : "; no card put in since was touched";
    tell(State::Attention, rule_.setAside + untouched, Fault::ReaderUnavailable);
    return isEmpty ? Next::LookNowAndThen : Next::CardChangeOrRing;
}

/// What waits for a card changes without a word to this reader: another one takes the last order.
Line::ReaderThread::Next Line::ReaderThread::awaitCard() {
    const bool waits = house_.ledger.anyQueued(profilesOfCarrier(), rule_.batch);
    const std::string kind = status_.carrier == cardprofiles::Carrier::UsbToken ? "token" : "card";
    if (!pulled_.empty()) {
        tell(State::Empty, pulled_, Fault::CardPulled);
    } else if (waits) {
        tell(State::Empty,
             "put in a blank " + kind + (rule_.batch ? " for batch " + rule_.batch->value() : ""));
    } else {
        tell(State::Empty, "no order" +
                               (rule_.batch ? " of batch " + rule_.batch->value() : std::string{}) +
                               " waits for a " + kind + " here");
    }
    return Next::LookNowAndThen;
}

void Line::ReaderThread::wait(Next next, const drivers::Presence& known,
                              const std::stop_token& stop) {
    const auto retryAt = std::chrono::steady_clock::now() + settings_.retryAfter;
    const bool hearsRing = next == Next::CardChangeOrRing || next == Next::LookNowAndThen;
    while (!stop.stop_requested()) {
        if (hearsRing && rung_.exchange(false)) return;
        const auto now = std::chrono::steady_clock::now();
        if (next == Next::RetryLater && now >= retryAt) return;
        auto atMost = LongestLook;
        if (next == Next::RetryLater) {
            atMost = std::min(atMost, std::chrono::ceil<std::chrono::milliseconds>(retryAt - now));
        }
        if (reader_->awaitChange(known, atMost) != known) return;
        if (next == Next::LookNowAndThen) return;
    }
}

void Line::ReaderThread::countFailure(const std::string& why) {
    const auto failures = failures_.count(status_.reader);
    if (failures < settings_.failuresPerReader) return;
    house_.ledger.setReaderAside(
        status_.reader, std::to_string(failures) +
                            " cards in a row failed here: look at the reader, then `zegel reader "
                            "resume`; the last one: " +
                            why + lookUp(Fault::ReaderUnavailable));
}

bool Line::ReaderThread::isReaderToBlame(const Failure& failure, Milestone milestone) {
    return blamesReader(failure.fault(), milestone) && !isServiceLost(failure);
}

/// A service that ends in good order takes its readers away first, which is all that the exchange
/// under way is told; asked again, it does not answer any more.
bool Line::ReaderThread::isServiceLost(const Failure& failure) {
    if (dynamic_cast<const drivers::ServiceGone*>(&failure) != nullptr) return true;
    try {
        reader_->presence();
        return false;
    } catch (const drivers::ServiceGone&) {
        return true;
    } catch (const Failure&) {
        return false;
    }
}

void Line::ReaderThread::tell(State state, const std::string& message,
                              const std::optional<Fault>& fault) {
    const bool nothingInHand =
        state == State::Empty || state == State::Paused || state == State::Gone;
    if (nothingInHand) {
        status_.order.reset();
        status_.chip.reset();
    }
    status_.state = state;
    status_.message = message;
    status_.fault = fault;
    board_.set(status_);
}

void Line::ReaderThread::tellTranscript(std::string_view line) {
    if (!transcript_) {
        auto name = status_.reader.value();
        std::ranges::replace_if(
            name, [](char c) { return c == '/' || c == ' '; }, '_');
        name +=
            "-" + toCompactDate(house_.clock.now()) + "-" + toHex(randomBytes(4)) + ".transcript";
        transcript_ = std::make_unique<std::ofstream>(settings_.transcripts / name);
    }
    *transcript_ << line << '\n' << std::flush;
}

}  // namespace zegel::station
