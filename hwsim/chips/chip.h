#pragma once

#include "drivers/base/bytes.h"

#include <cstdint>
#include <memory>
#include <string>

namespace zegel::hwsim {

/// The card's side of the contacts: power, reset, command octets in and response octets out.
/// A chip is written from its standard and shares no code with the driver it is tested against.
/// Used by one thread at a time; the doors see to that.
class Chip {
public:
    virtual ~Chip() = default;
    Chip(const Chip&) = delete;
    Chip& operator=(const Chip&) = delete;

    virtual const std::string& serial() const noexcept = 0;
    virtual Bytes atr() const = 0;

    /// Cold or warm reset: all security status is lost, what is stored stays.
    virtual void powerOn() = 0;
    virtual void powerOff() noexcept = 0;

    /// One command APDU to one response APDU (data, SW1, SW2). Never throws for what the other
    /// side sends; a mute chip answers nothing at all (empty).
    virtual Bytes exchange(ByteView command) = 0;

    /// How often something stored was written since the chip was made; from any thread.
    virtual std::uint64_t changes() const noexcept { return 0; }

protected:
    Chip() = default;
};

}  // namespace zegel::hwsim
