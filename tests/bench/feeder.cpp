#include "tests/bench/feeder.h"

#include "hwsim/chips/chip_timing.h"
#include "tests/bench/workshop.h"

namespace zegel::bench {

using station::ReaderStatus;

Feeder::Feeder(tests::House& house, int cards, int readers, const std::string& timing)
    : house_(house), left_(cards) {
    const auto pace = hwsim::ChipTiming::named(timing);
    for (int at = 0; at < cards; ++at)
        blanks_.push_back(hwsim::takingItsTime(hwsim::blankPivChip(ChipModel, ++serial_), pace));
    for (int at = 0; at < readers; ++at) {
        readers_.emplace_back("Bench " + std::to_string(at) + " 00");
        house_.bench.addReader(readers_.back());
    }
}

void Feeder::feedAll() {
    for (const auto& reader : readers_)
        feed(reader);
}

bool Feeder::attend() {
    for (const auto& reader : readers_) {
        const auto status = house_.statusOf(reader);
        if (status.state != ReaderStatus::State::Done || !status.chip) continue;
        if (!done_.insert(*status.chip).second) continue;
        house_.bench.pull(reader);
        feed(reader);
    }
    return left_ == 0 && done_.size() == static_cast<std::size_t>(fed_);
}

void Feeder::feed(const ReaderName& reader) {
    if (left_ == 0) return;
    --left_;
    ++fed_;
    house_.bench.insert(reader, std::move(blanks_.back()));
    blanks_.pop_back();
}

}  // namespace zegel::bench
