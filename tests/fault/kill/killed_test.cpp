#include "tests/fault/kill/doom.h"
#include "tests/fault/kill/mortal_parts.h"
#include "tests/house/lives.h"
#include "tests/house/secrets.h"
#include "tests/house/truths.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <set>

namespace zegel::tests {
namespace {

using station::CertificateState;
using station::OrderState;

const std::array<ReaderName, 2> Readers{ReaderName{"Zegel Virtual Card Reader 00 00"},
                                        ReaderName{"Zegel Virtual Card Reader 01 00"}};

/// What a walk begins with: a house, a blank chip in the first reader and perhaps another.
struct Scene {
    Estate estate;
    std::vector<fs::path> chips;
};

/// The events stand one after another from 1, and each tells of one change.
void expectEachChangeTold(House& house) {
    std::int64_t sequence = 0;
    for (const auto& event : house.ledger->events(0, std::numeric_limits<std::int32_t>::max())) {
        EXPECT_EQ(event.sequence, ++sequence) << "truth 7";
        EXPECT_NE(event.before, event.after) << "truth 7: nothing changed";
    }
}

/// The order has one set of certificates that live, all of this card.
void expectOneSet(House& house, const OrderId& order) {
    const auto made = house.entry(order);
    std::multiset<Purpose> confirmed;
    for (const auto& certificate : house.ledger->certificates(order)) {
        if (certificate.state != CertificateState::Confirmed) continue;
        confirmed.insert(certificate.purpose);
        EXPECT_EQ(certificate.chip, made.chip) << "truth 1";
    }
    std::multiset<Purpose> asked;
    for (const auto& key : house.profiles.at(made.order.profile).keys)
        asked.insert(key.purpose);
    EXPECT_EQ(confirmed, asked) << "truth 2";
}

/// A station in the scene, begun as `station/app` does; parts of it may strike it dead.
struct Station {
    explicit Station(const Scene& scene) : house(scene.estate) {
        house.patient = std::make_unique<station::PatientAuthority>(
            authority, house.clock,
            station::Patience{std::chrono::seconds{0}, std::chrono::seconds{0}});
        house.ledger->recover();
        house.letters->settleHalfDone();
        house.revokeAll();
        for (const auto& file : scene.chips)
            chips.push_back(hwsim::pivChipFromFile(file));
    }

    House house;
    WatchedAuthority authority{*house.authority};
    std::vector<std::shared_ptr<hwsim::PivChip>> chips;
};

/// It takes what the order system sends, perhaps once more, and works until that is done.
void workUntilDone(const Scene& scene, const Doom& doom) {
    watchLedgerWrites();
    arm(doom);
    Station station{scene};
    auto& house = station.house;
    for (std::size_t at = 0; at < station.chips.size(); ++at) {
        house.bench.addReader(Readers.at(at));
        house.bench.insert(Readers.at(at), watched(station.chips[at]));
    }
    const auto order = house.accept();
    house.startLine();
    EXPECT_TRUE(house.await([&] { return house.stateOf(order) == OrderState::Produced; },
                            std::chrono::minutes{2}));
    house.stopLine();
    EXPECT_EQ(expectTruths(house, station.chips), 1);
    expectEachChangeTold(house);
    expectOneSet(house, order);
    if (!::testing::Test::HasFailure()) return;
    for (const auto& line : house.told())
        std::cout << line << '\n';
}

/// It only begins: whatever was left is settled by then.
void begin(const Scene& scene) {
    Station station{scene};
    expectTruths(station.house, station.chips);
    expectEachChangeTold(station.house);
}

/// What no file of the station may hold: keys and codes that stand on the chips now.
void addSecrets(const Scene& scene, Secrets& secrets) {
    for (const auto& file : scene.chips) {
        const auto memory = hwsim::loadChipFile(file);
        const auto& management = memory.management;
        if (memory.puk.value != hwsim::factoryPuk()) secrets.add(memory.puk.value);
        if (management.value != hwsim::factoryManagementKey(management.algorithm))
            secrets.add(management.value);
    }
}

/// The house stands differently after each exchange and each call, but five writes at the least
/// make one change: of these only some are followed by a whole card, all by a new beginning and its
/// judgement.
struct Sweep {
    std::uint64_t atLeast;  ///< more are in one walk: these are some 60 % of what was counted
    std::uint64_t finishesEach;
};

constexpr Sweep sweepOf(Blow blow) {
    switch (blow) {
        case Blow::BeforeExchange: return {33, 2};
        case Blow::AfterExchange: return {33, 1};
        case Blow::BeforeWrite:
        case Blow::AmidWrite: return {130, 5};
        default: return {3, 1};
    }
}

/// Every sweep without its short cuts.
bool isWhole() {
    return std::getenv("ZEGEL_WHOLE_SWEEP") != nullptr;
}

/// Where the next stations are struck again, one after the other, counted from their beginning.
std::vector<std::uint64_t> againAt(Blow blow, std::uint64_t number) {
    if (blow == Blow::BeforeCall || blow == Blow::AfterCall)
        return {1 + number % 4, 1 + (number + 1) % 4, 1 + (number + 2) % 5};
    if (number % 5 != 0) return {};
    return {1 + number / 5 * 7 % 40};
}

/// What one test sweeps over: all, or a part so that none takes long.
struct Part {
    Blow blow;
    std::uint64_t first = 1;
    std::uint64_t step = 1;
};

class KilledAt : public ::testing::TestWithParam<Part> {
protected:
    KilledAt()
        : folder_(temporaryFolder()),
          estate_(newEstate(folder_)),
          authority_({ZEGEL_BINARY_DIR "/bin/zegel-hwsim", "authority", "--quiet", "--directory",
                      estate_.authorityFolder, "--registration-authority",
                      estate_.registrationFile()}) {
        estate_.authorityUrl = authority_.url();
        fs::create_directories(blank());
        EXPECT_EQ(livedThrough([&] { const House house{estateIn(blank())}; }), End::Well);
    }
    ~KilledAt() override { fs::remove_all(folder_); }

    fs::path blank() const { return folder_ / "blank"; }

    Estate estateIn(const fs::path& folder) const {
        auto estate = estate_;
        estate.folder = folder;
        return estate;
    }

    /// A house where nothing was made yet, and one or two blank chips.
    Scene sceneOf(std::uint64_t number, std::size_t chips) {
        const auto folder = folder_ / std::to_string(number);
        fs::create_directories(folder / "house");
        fs::copy_file(blank() / "ledger.sqlite", folder / "house" / "ledger.sqlite");
        Scene scene{estateIn(folder / "house"), {}};
        const auto valid = estate_.validAtAuthority();
        scene.estate.othersValid = {valid.begin(), valid.end()};
        for (std::size_t chip = 0; chip < chips; ++chip) {
            scene.chips.push_back(folder / (std::to_string(chip) + ".chip"));
            hwsim::saveChipFile(scene.chips.back(),
                                hwsim::blankMemory(hwsim::pivModelNamed("5.7"), ++serial_));
        }
        return scene;
    }

    /// False when the walk is over before it comes to that.
    bool isKilledAt(std::uint64_t number);

    fs::path folder_;
    Estate estate_;
    Servant authority_;
    std::uint32_t serial_ = 0x00C00000;
    int killedAgain_ = 0;
};

bool KilledAt::isKilledAt(std::uint64_t number) {
    const auto blow = GetParam().blow;
    // By turns: the chip that was in hand is all there is, or another blank lies beside it.
    const auto scene = sceneOf(number, 1 + number % 2);
    auto alone = scene;
    alone.chips.resize(1);
    const auto first = livedThrough([&] { workUntilDone(alone, {blow, number}); });
    if (first != End::Killed) {
        EXPECT_EQ(first, End::Well);
        fs::remove_all(scene.estate.folder.parent_path());
        return false;
    }
    Secrets secrets;
    addSecrets(scene, secrets);
    for (const auto at : againAt(blow, number)) {
        const auto again = livedThrough([&] { workUntilDone(scene, {blow, at}); });
        EXPECT_NE(again, End::Badly);
        if (again == End::Killed) ++killedAgain_;
        addSecrets(scene, secrets);
    }
    const bool finishes = isWhole() || number % sweepOf(blow).finishesEach == 0;
    EXPECT_EQ(livedThrough([&] { finishes ? workUntilDone(scene, {}) : begin(scene); }), End::Well);
    secrets.expectNowhereIn(scene.estate.folder);
    fs::remove_all(scene.estate.folder.parent_path());
    return true;
}

TEST_P(KilledAt, theNextStationFinishesTheOrderAndTheTruthsHold) {
    const auto& [blow, first, step] = GetParam();
    // A walk is now and then shorter than the next one: two that got through end the sweep.
    std::uint64_t last = 0;
    int gotThrough = 0;
    for (auto number = first; gotThrough < 2; number += step) {
        ASSERT_LT(number, 2000U) << "a walk never gets through";
        const bool killed = isKilledAt(number);
        gotThrough = killed ? 0 : gotThrough + 1;
        if (killed) last = number;
        ASSERT_FALSE(HasFailure()) << (killed ? "killed at number " : "got through at ") << number;
    }
    EXPECT_GT(last, sweepOf(blow).atLeast) << "the sweep ended before a walk's length";
    std::cout << "[   SWEPT  ] killed at " << first << " to " << last << " by " << step
              << ", and again " << killedAgain_ << " times\n";
}

std::string nameOf(const ::testing::TestParamInfo<Part>& given) {
    const auto part = given.param.step == 1 ? "" : "_from" + std::to_string(given.param.first);
    switch (given.param.blow) {
        case Blow::BeforeExchange: return "everyExchange_before";
        case Blow::AfterExchange: return "everyExchange_after";
        case Blow::BeforeWrite: return "everyLedgerWrite_before" + part;
        case Blow::AmidWrite: return "everyLedgerWrite_amid" + part;
        case Blow::BeforeCall: return "everyCallOfTheCa_before";
        case Blow::AfterCall: return "everyCallOfTheCa_after";
    }
    return "unknown";
}

/// Writes that are torn in the middle are many, and alike: every third, unless all are wanted.
std::vector<Part> parts() {
    std::vector<Part> all{{Blow::BeforeExchange},
                          {Blow::AfterExchange},
                          {Blow::BeforeCall},
                          {Blow::AfterCall},
                          {Blow::AmidWrite, 1, 3}};
    for (const std::uint64_t first : {1, 2, 3})
        all.push_back({Blow::BeforeWrite, first, 3});
    if (isWhole()) all.insert(all.end(), {{Blow::AmidWrite, 2, 3}, {Blow::AmidWrite, 3, 3}});
    return all;
}

INSTANTIATE_TEST_SUITE_P(Station, KilledAt, ::testing::ValuesIn(parts()), nameOf);

}  // namespace
}  // namespace zegel::tests
