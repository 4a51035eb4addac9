#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/failure.h"

#include <array>
#include <chrono>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

namespace zegel::drivers {

/// What is asked over a line. The first octet of a question; numbers are big-endian.
enum class RelayAsk : std::uint8_t {
    Readers,        ///< → names with a zero behind each
    AwaitReaders,   ///< milliseconds (4) → nothing
    Presence,       ///< → presence (1 + 4)
    AwaitPresence,  ///< known presence (1 + 4), milliseconds (4) → presence
    Connect,        ///< → extended (1: no, yes, not known), ATR
    Transmit,       ///< command APDU → SW1, SW2, data
    PowerCycle,     ///< → as Connect
    Disconnect      ///< → nothing
};

/// The first octet of an answer; of one that failed, the fault (1) and its words follow.
enum class RelayAnswer : std::uint8_t {
    Done,
    Failed,
    ServiceGone,  ///< failed as all readers of the service do (drivers::ServiceGone); as Failed
    Hanging       ///< failed, and so will every question on this line: the next wants another
};

/// What is told over the control socket: its first octet, then the line's number (4).
enum class RelayTell : std::uint8_t {
    Open,      ///< the other end of the line comes along; a reader's name, or nothing: the watch
    Interrupt  ///< ends the wait under way on a line, or its next one
};

/// A socket that is closed when its owner dies.
class RelaySocket {
public:
    RelaySocket() = default;
    explicit RelaySocket(int number) noexcept : number_(number) {}
    ~RelaySocket();
    RelaySocket(RelaySocket&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    RelaySocket& operator=(RelaySocket&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    RelaySocket(const RelaySocket&) = delete;
    RelaySocket& operator=(const RelaySocket&) = delete;

    int number() const noexcept { return number_; }

private:
    int number_ = -1;
};

/// Both ends of a new line. Errors: ReaderUnavailable when the system has no more of them.
std::pair<RelaySocket, RelaySocket> relaySocketPair();

/// Sends one message, and `passed` with it unless it is negative; false when nobody is there.
bool relaySend(int socket, std::initializer_list<ByteView> parts, int passed = -1) noexcept;

/// One end of a line. What came in is wiped before the next message and at the end: an APDU may
/// carry a PIN.
class RelayLine {
public:
    explicit RelayLine(RelaySocket socket);
    ~RelayLine();
    RelayLine(const RelayLine&) = delete;
    RelayLine& operator=(const RelayLine&) = delete;

    bool send(std::initializer_list<ByteView> parts) noexcept;

    enum class Came { Message, Late, HungUp };
    /// Waits for the next message, for ever without `atMost`.
    Came receive(std::optional<std::chrono::milliseconds> atMost = std::nullopt);
    /// Whether the other end has closed its socket; asks without waiting.
    bool otherLeft() const noexcept;
    /// Both ends receive `HungUp` from now on.
    void hangUp() noexcept;
    /// The message that came last, until the next `receive`.
    ByteView message() const noexcept;

private:
    void wipe() noexcept;

    RelaySocket socket_;
    Bytes room_;
    std::size_t size_ = 0;
};

/// The octet that a message begins with.
template <typename Word>
constexpr std::array<std::uint8_t, 1> relayOctet(Word word) noexcept {
    return {static_cast<std::uint8_t>(word)};
}

/// A number in four octets, and back. Errors: Defect when there are fewer.
Bytes relayNumber(std::uint32_t number);
std::uint32_t relayNumberAt(ByteView message, std::size_t offset);

}  // namespace zegel::drivers
