#include "drivers/reader/pcsc/pcsc_reader.h"

#include "drivers/reader/pcsc/pcsc_session.h"

#include <algorithm>
#include <utility>

namespace zegel::drivers {
namespace {

using Steady = std::chrono::steady_clock;

/// The high half of a state counts insertions and removals.
constexpr unsigned CounterShift = 16;
/// Whether somebody shares the card is no news to us; to leave it out is to never wake for it.
constexpr DWORD Telling = SCARD_STATE_EMPTY | SCARD_STATE_PRESENT | SCARD_STATE_MUTE | 0xFFFF0000UL;

Presence presenceIn(DWORD state) {
    if ((state & (SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE)) != 0) {
        return {Presence::State::Gone, 0};
    }
    Presence presence;
    presence.events = static_cast<std::uint32_t>(state >> CounterShift & 0xFFFFU);
    if ((state & SCARD_STATE_PRESENT) != 0) {
        presence.state =
            (state & SCARD_STATE_MUTE) != 0 ? Presence::State::MuteCard : Presence::State::Card;
    }
    return presence;
}

DWORD stateOf(const Presence& presence) {
    const auto counter = static_cast<DWORD>(presence.events) << CounterShift;
    switch (presence.state) {
        case Presence::State::Empty: return SCARD_STATE_EMPTY | counter;
        case Presence::State::Card: return SCARD_STATE_PRESENT | counter;
        case Presence::State::MuteCard: return SCARD_STATE_PRESENT | SCARD_STATE_MUTE | counter;
        case Presence::State::Gone: break;
    }
    return SCARD_STATE_UNKNOWN;
}

}  // namespace

PcscReader::PcscReader(ReaderName name)
    : name_(std::move(name)), context_(std::make_shared<PcscContext>()) {}

Presence PcscReader::presence() {
    return look();
}

Presence PcscReader::look() {
    SCARD_READERSTATE state{};
    state.szReader = name_.value().c_str();
    const auto result = SCardGetStatusChange(context_->handle(), 0, &state, 1);
    switch (result) {
        case SCARD_S_SUCCESS:
        case SCARD_E_TIMEOUT: return presenceIn(state.dwEventState);
        case SCARD_E_UNKNOWN_READER:
        case SCARD_E_READER_UNAVAILABLE: return {Presence::State::Gone, 0};
        default: context_->fail(result, "look at reader " + name_.value());
    }
}

Presence PcscReader::awaitChange(const Presence& known, std::chrono::milliseconds atMost) {
    const auto deadline = Steady::now() + atMost;
    auto state = stateOf(known);
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now());
        const auto wait = std::clamp(left, std::chrono::milliseconds{0}, LookAgain);
        const auto result =
            known.state == Presence::State::Gone ? awaitReturn(wait) : awaitReader(state, wait);
        const auto now = result == SCARD_S_SUCCESS && known.state != Presence::State::Gone
                             ? presenceIn(state)
                             : look();
        const bool over = result == SCARD_E_CANCELLED || Steady::now() >= deadline;
        if (over || now != known) return now;
    }
}

LONG PcscReader::awaitReader(DWORD& state, std::chrono::milliseconds atMost) {
    SCARD_READERSTATE wanted{};
    wanted.szReader = name_.value().c_str();
    wanted.dwCurrentState = state & Telling;
    const auto result = context_->await(wanted, atMost);
    if (result == SCARD_S_SUCCESS) state = wanted.dwEventState;
    return result;
}

LONG PcscReader::awaitReturn(std::chrono::milliseconds atMost) {
    SCARD_READERSTATE wanted{};
    wanted.szReader = PlugAndPlay;
    return context_->await(wanted, atMost);
}

std::unique_ptr<CardSession> PcscReader::connect() {
    return std::make_unique<PcscSession>(context_, name_);
}

}  // namespace zegel::drivers
