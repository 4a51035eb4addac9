#pragma once

#include "drivers/base/ids.h"
#include "drivers/reader/reader.h"
#include "hwsim/chips/chip.h"
#include "hwsim/faults/exchange_fault.h"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace zegel::hwsim {

/// One reader of the in-process bench. All members under the table's lock.
struct BenchSlot {
    ReaderName name{};
    std::shared_ptr<Chip> chip{};
    bool mute = false;
    bool gone = false;
    bool inSession = false;
    bool busy = false;         ///< the chip is working, outside the lock
    std::uint32_t events = 0;  ///< insertions and removals
    FaultPlan faults{};
    Traffic traffic{};
};

/// What the bench, its readers and its sessions share.
class BenchTable {
public:
    using Lock = std::unique_lock<std::mutex>;

    Lock lock() { return Lock(mutex_); }

    /// Nothing when there is no such reader.
    std::shared_ptr<BenchSlot> slot(const ReaderName& name) const;
    /// Errors: ReaderUnavailable when the service is stopped.
    void expectService() const;
    drivers::Presence presence(const ReaderName& name) const;

    /// Waits until the slot's chip is at rest; the lock is given up meanwhile.
    void awaitRest(Lock& lock, BenchSlot& slot);
    /// Takes the card out of a slot at rest.
    std::shared_ptr<Chip> takeOut(BenchSlot& slot);
    void remove(BenchSlot& slot);

    std::map<ReaderName, std::shared_ptr<BenchSlot>> slots{};
    std::map<ReaderName, std::shared_ptr<Chip>> pulled{};  ///< by a fault, not fetched yet
    bool serviceRuns = true;
    std::uint64_t listEvents = 0;  ///< readers that came or went, service stops and starts
    std::optional<bool> carriesExtended = true;
    std::condition_variable changed{};  ///< presence, list or service; also interrupts
    std::condition_variable rested{};   ///< some chip stopped working

private:
    std::mutex mutex_;
};

/// Errors: CardPulled, ReaderUnavailable.
std::unique_ptr<drivers::CardSession> openSession(const std::shared_ptr<BenchTable>& table,
                                                  const ReaderName& name);

}  // namespace zegel::hwsim
