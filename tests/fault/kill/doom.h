#pragma once

#include <cstdint>

namespace zegel::tests {

/// Where a station can be struck dead.
enum class Blow {
    BeforeExchange,  ///< the command never reaches the chip
    AfterExchange,   ///< the chip has obeyed, nobody hears its answer
    BeforeWrite,     ///< the ledger's files are about to be written, flushed or cut
    AmidWrite,       ///< half of the octets are in the file
    BeforeCall,      ///< the CA is about to be asked
    AfterCall        ///< the CA has answered, nobody hears it
};

/// The process dies by SIGKILL at the `number`th of these, counted from `arm`; never when it is 0.
struct Doom {
    Blow blow = Blow::BeforeExchange;
    std::uint64_t number = 0;
};

void arm(const Doom& doom) noexcept;
/// Counts one; does not return from the last. Any thread.
void pass(Blow blow) noexcept;
/// The next `pass` of this blow would be the last, and is counted.
bool isDue(Blow blow) noexcept;
[[noreturn]] void die() noexcept;

/// From here on SQLite's files are written through a door that passes `BeforeWrite` and
/// `AmidWrite`: the default VFS, with nothing else added.
void watchLedgerWrites();

}  // namespace zegel::tests
