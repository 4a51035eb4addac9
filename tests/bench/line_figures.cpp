#include "tests/bench/line_figures.h"

#include "drivers/base/failure.h"
#include "tests/bench/feeder.h"
#include "tests/bench/workshop.h"

namespace zegel::bench {
namespace {

constexpr int CardsOfAGroup = 4;
constexpr std::chrono::seconds Patience{600};

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
