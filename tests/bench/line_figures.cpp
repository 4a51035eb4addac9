#include "tests/bench/line_figures.h"

#include "drivers/base/failure.h"
#include "hwsim/chips/chip_timing.h"
#include "tests/bench/workshop.h"

#include <set>

namespace zegel::bench {
namespace {

using station::ReaderStatus;

constexpr int CardsOfAGroup = 4;
constexpr std::chrono::seconds Patience{600};

/// Puts a fresh card into each reader that says its card is done.
class Feeder {
public:
    Feeder(tests::House& house, int cards, int readers, const std::string& timing)
        : house_(house), left_(cards) {
        const auto pace = hwsim::ChipTiming::named(timing);
        for (int at = 0; at < cards; ++at)
            blanks_.push_back(
                hwsim::takingItsTime(hwsim::blankPivChip(ChipModel, ++serial_), pace));
        for (int at = 0; at < readers; ++at) {
            readers_.emplace_back("Bench " + std::to_string(at) + " 00");
            house_.bench.addReader(readers_.back());
        }
    }

    void feedAll() {
        for (const auto& reader : readers_)
            feed(reader);
    }

    /// Whether all cards are done; looks after the readers on the way.
    bool attend() {
        for (const auto& reader : readers_) {
            const auto status = house_.statusOf(reader);
            if (status.state != ReaderStatus::State::Done || !status.chip) continue;
            if (!done_.insert(*status.chip).second) continue;
            house_.bench.pull(reader);
            feed(reader);
        }
        return left_ == 0 && done_.size() == static_cast<std::size_t>(fed_);
    }

private:
    void feed(const ReaderName& reader) {
        if (left_ == 0) return;
        --left_;
        ++fed_;
        house_.bench.insert(reader, std::move(blanks_.back()));
        blanks_.pop_back();
    }

    tests::House& house_;
    int left_;
    int fed_ = 0;
    std::uint32_t serial_ = 0x00D00000;
    std::vector<ReaderName> readers_{};
    std::vector<std::shared_ptr<hwsim::Chip>> blanks_{};  ///< made before the line begins
    std::set<ChipSerial> done_{};
};

}  // namespace

LineFigures lineMakes(int cards, int readers, const std::string& timing) {
    tests::House house;
    for (int at = 0; at < cards; ++at)
        house.accept(ShippedP256, "group-" + std::to_string(at / CardsOfAGroup));
    Feeder feeder{house, cards, readers, timing};
    house.startLine();
    const auto from = now();
    feeder.feedAll();
    if (!house.await([&] { return feeder.attend(); }, Patience)) {
        const auto told = house.told();
        throw Failure{Fault::Defect, "the line did not make all cards; it said last: " +
                                         (told.empty() ? "nothing" : told.back())};
    }
    const auto wall = now() - from;
    house.stopLine();
    return {cards, wall};
}

}  // namespace zegel::bench
