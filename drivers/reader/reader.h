#pragma once

#include "drivers/base/failure.h"
#include "drivers/base/ids.h"
#include "drivers/channel/channel.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace zegel::drivers {

/// The service behind all readers was lost, and every session with it: no single reader is to
/// blame. Thrown where ReaderUnavailable says that the service is gone, also when it is back
/// already.
class ServiceGone final : public Failure {
public:
    explicit ServiceGone(std::string message, Origin origin = Origin::here())
        : Failure(Fault::ReaderUnavailable, std::move(message), origin) {}
};

/// Sole use of the card in one reader, from construction to destruction: exclusive connect, one
/// transaction around everything, and the chip left powered down whatever happens. Neither
/// copied nor moved: a session is a place in the code, not a thing to pass around.
class CardSession : public Channel {
public:
    ~CardSession() override = default;
    CardSession(const CardSession&) = delete;
    CardSession& operator=(const CardSession&) = delete;

    virtual const Bytes& atr() const noexcept = 0;

    /// Whether reader and protocol carry extended APDUs; nothing when neither says. The chip's
    /// own word stands in its ATR.
    virtual std::optional<bool> carriesExtended() const noexcept = 0;

    /// Cold reset of the same card without letting go of it: all security status is gone, as a
    /// stranger would meet it. Errors: CardPulled, ReaderUnavailable.
    virtual void powerCycle() = 0;

protected:
    CardSession() = default;
};

/// What a reader says of itself. `events` counts insertions and removals as far as the service
/// tells them, so a card taken out and put back between two looks is still seen.
struct Presence {
    enum class State { Empty, Card, MuteCard, Gone };
    State state = State::Empty;
    std::uint32_t events = 0;

    friend bool operator==(const Presence&, const Presence&) = default;
};

/// One reader slot, made for and used by one thread (one PC/SC context per thread).
class Reader {
public:
    virtual ~Reader() = default;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    virtual const ReaderName& name() const noexcept = 0;

    /// What is so now. Errors: ReaderUnavailable when the service is gone.
    virtual Presence presence() = 0;

    /// Waits until something differs from `known`, or `atMost` has passed, or `interrupt` was
    /// called; tells what is so then. A reader that has left is `Gone`, not an error.
    /// Errors: ReaderUnavailable when the service is gone.
    virtual Presence awaitChange(const Presence& known, std::chrono::milliseconds atMost) = 0;

    /// Ends a wait from another thread, now or the next one.
    virtual void interrupt() noexcept = 0;

    /// Errors: CardPulled (no card, or mute), ReaderUnavailable (in use by another program, reader
    /// or service gone).
    virtual std::unique_ptr<CardSession> connect() = 0;

protected:
    Reader() = default;
};

/// Which readers there are, as they come and go. Used by one thread.
class ReaderWatch {
public:
    virtual ~ReaderWatch() = default;
    ReaderWatch(const ReaderWatch&) = delete;
    ReaderWatch& operator=(const ReaderWatch&) = delete;

    /// Empty when there is none. Errors: ReaderUnavailable when the service is gone.
    virtual std::vector<ReaderName> readers() = 0;

    /// Waits until readers came or went, `atMost` passed, or `interrupt` was called. May return
    /// early for nothing: list again after each return.
    virtual void awaitChange(std::chrono::milliseconds atMost) = 0;
    virtual void interrupt() noexcept = 0;

    /// A reader for the calling thread, whichever thread that is.
    virtual std::unique_ptr<Reader> reader(const ReaderName& name) = 0;

protected:
    ReaderWatch() = default;
};

}  // namespace zegel::drivers
