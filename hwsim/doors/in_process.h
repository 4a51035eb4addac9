#pragma once

#include "drivers/reader/reader.h"
#include "hwsim/chips/chip.h"
#include "hwsim/faults/exchange_fault.h"

#include <memory>
#include <optional>

namespace zegel::hwsim {

/// Readers on a table, without any process: the station's own interfaces over simulated chips.
/// Everything here may be called from any thread while sessions run; each change wakes whoever
/// waits for it. Watches, readers and sessions may outlive the bench: its service is stopped then.
///
/// Errors of the members that take a reader's name: Defect when there is no such reader.
class InProcessBench {
public:
    InProcessBench();
    ~InProcessBench();
    InProcessBench(const InProcessBench&) = delete;
    InProcessBench& operator=(const InProcessBench&) = delete;

    /// Errors: Defect when a reader of this name is there.
    void addReader(const ReaderName& name);
    /// The reader leaves, and its card with it; gives the card.
    std::shared_ptr<Chip> removeReader(const ReaderName& name);

    /// Errors: Defect when the reader holds a card.
    void insert(const ReaderName& reader, std::shared_ptr<Chip> chip);
    /// Takes the card out, waiting only for the exchange under way; nothing when there is none.
    std::shared_ptr<Chip> pull(const ReaderName& reader);
    /// The card that a fault took out last, from a reader that may be gone since; nothing when none
    /// did. Handed over once.
    std::shared_ptr<Chip> takePulled(const ReaderName& reader);
    /// The card in it now answers no reset any more, or again.
    void setMute(const ReaderName& reader, bool mute);

    /// What sessions say of extended APDUs from now on: true at first.
    void setCarriesExtended(std::optional<bool> carries);

    /// The PC/SC service dies under everybody's hands, or starts again.
    void stopService();
    void startService();

    /// Counts from now on, across sessions and power cycles.
    void arm(const ReaderName& reader, const ExchangeFault& fault);
    void disarm(const ReaderName& reader);
    std::size_t faultsPending(const ReaderName& reader) const;
    /// Since the reader was added.
    Traffic traffic(const ReaderName& reader) const;

    std::unique_ptr<drivers::ReaderWatch> watch();
    std::unique_ptr<drivers::Reader> reader(const ReaderName& name);

private:
    std::shared_ptr<class BenchTable> table_;
};

}  // namespace zegel::hwsim
