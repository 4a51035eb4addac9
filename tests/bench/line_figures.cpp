#include "tests/bench/line_figures.h"

#include "drivers/base/failure.h"
#include "tests/bench/feeder.h"
#include "tests/bench/workshop.h"
#include "tests/house/lives.h"

#include <fstream>

namespace zegel::bench {
namespace {

constexpr int CardsOfAGroup = 4;
constexpr std::chrono::seconds Patience{600};

/// Of all processors since the machine began, in ticks (proc(5), /proc/stat).
struct Ticks {
    double all = 0;
    double kept = 0;  ///< "steal": by the host
};

Ticks ticks() {
    constexpr int Kept = 7;
    constexpr int Kinds = 8;  // what guests of ours take stands in the first ones too
    std::ifstream file{"/proc/stat"};
    std::string name;
    file >> name;
    Ticks sum;
    for (int kind = 0; kind < Kinds; ++kind) {
        double some = 0;
        file >> some;
        sum.all += some;
        if (kind == Kept) sum.kept = some;
    }
    return sum;
}

struct Folder {
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path = tests::temporaryFolder();
};

/// A house whose CA is another process, as a station's is.
struct Premises {
    Folder folder;  // goes last
    tests::Estate estate = tests::newEstate(folder.path);
    tests::Servant authority{{ZEGEL_BINARY_DIR "/bin/zegel-hwsim", "authority", "--quiet",
                              "--directory", estate.authorityFolder, "--registration-authority",
                              estate.registrationFile()}};
    tests::House house{atItsCa()};

private:
    tests::Estate atItsCa() const {
        auto found = estate;
        found.authorityUrl = authority.url();
        return found;
    }
};

}  // namespace

LineFigures lineMakes(int cards, int readers, const std::string& timing) {
    Premises premises;
    auto& house = premises.house;
    for (int at = 0; at < cards; ++at)
        house.accept(ShippedP256, "group-" + std::to_string(at / CardsOfAGroup));
    Feeder feeder{house, cards, readers, timing};
    house.startLine();
    const auto before = ticks();
    const auto from = now();
    feeder.feedAll();
    if (!house.await([&] { return feeder.attend(); }, Patience)) {
        const auto told = house.told();
        throw Failure{Fault::Defect, "the line did not make all cards; it said last: " +
                                         (told.empty() ? "nothing" : told.back())};
    }
    const auto wall = now() - from;
    const auto after = ticks();
    house.stopLine();
    const auto passed = after.all - before.all;
    return {cards, wall, passed > 0 ? (after.kept - before.kept) / passed : 0};
}

}  // namespace zegel::bench
