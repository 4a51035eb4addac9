#pragma once

#include "hwsim/chips/chip.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

namespace zegel::hwsim {

/// One chip in one slot of vsmartcard's virtual reader (vpcd), for as long as this lives: the
/// card's end of a TCP connection to the reader, served by a thread of its own.
/// Source: vsmartcard, doc/api.txt: two octets of length, big-endian, then the content; content
/// of one octet is a control code (0 off, 1 on, 2 reset, 4 ATR), anything else an APDU.
class VpcdLine {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    /// Connects to 127.0.0.1, trying until `deadline`. `onRest` is called from the line's thread
    /// when the chip loses its power and when the reader hangs up.
    /// Errors: ReaderUnavailable when nobody listens.
    VpcdLine(std::uint16_t port, std::shared_ptr<Chip> chip, SteadyTime deadline,
             std::function<void()> onRest);
    /// The card leaves the slot; waits for the exchange under way.
    ~VpcdLine();
    VpcdLine(const VpcdLine&) = delete;
    VpcdLine& operator=(const VpcdLine&) = delete;

    const std::shared_ptr<Chip>& chip() const noexcept { return chip_; }
    std::uint64_t exchanges() const noexcept { return exchanges_; }
    /// Since when the chip is without power; nothing while it has some.
    std::optional<SteadyTime> restingSince() const noexcept;
    /// The reader has closed the connection.
    bool hungUp() const noexcept { return hungUp_; }

private:
    void serve();
    bool answerAll();
    bool answer(ByteView content);
    bool send(ByteView content);
    void rest() noexcept;

    std::shared_ptr<Chip> chip_;
    std::function<void()> onRest_;
    int socket_;
    std::atomic<std::uint64_t> exchanges_{0};
    std::atomic<SteadyTime::rep> restingSince_;
    std::atomic<bool> hungUp_{false};
    Bytes inbox_{};
    Bytes outbox_{};
    std::thread thread_;
};

}  // namespace zegel::hwsim
