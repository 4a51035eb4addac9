#include "drivers/base/durable_file.h"
#include "drivers/pkcs11/house_certificate.h"
#include "drivers/pkcs11/token_private_key.h"
#include "drivers/reader/relay/relayed_reader_watch.h"
#include "hwsim/chips/piv_chip.h"
#include "station/desk/revoker.h"
#include "station/report/event_pusher.h"
#include "station/report/http_order_system.h"
#include "tests/house/lives.h"
#include "tests/house/truths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <limits>
#include <numeric>
#include <random>
#include <sstream>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace zegel::tests {
namespace {

using namespace std::chrono_literals;
using station::OrderState;

const std::array<std::string, 2> Tables{"left table", "right table"};
constexpr const char* ReadersEach = "3";
const BatchId Batch{"SOAK"};
constexpr std::uint64_t Cards = 60;
constexpr std::uint64_t Seed = 43;  ///< its first four strikes hit one part of the house each

/// What the stations, one after the other, tell whoever strikes them.
struct Progress {
    std::atomic<std::uint64_t> steps{0};
    std::atomic<std::uint64_t> recovered{0};
    std::atomic<std::uint64_t> released{0};
    std::atomic<std::uint64_t> failed{0};
};

/// In memory that forks share.
Progress& sharedProgress() {
    void* const memory = ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error{"no memory can be shared"};
    return *new (memory) Progress;
}

std::uint64_t numberFrom(const char* variable, std::uint64_t otherwise) {
    const char* const text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// The same dice every time, unless others are wanted.
std::uint64_t seedOfDice() {
    const char* const wanted = std::getenv("ZEGEL_SOAK_SEED");
    if (wanted != nullptr && wanted == std::string{"random"}) return std::random_device{}();
    return numberFrom("ZEGEL_SOAK_SEED", Seed);
}

struct Scene {
    Estate estate;
    fs::path root;  ///< holds the tables, too
    std::string orderSystemUrl;
    std::size_t cards;
    Progress& progress;

    fs::path table(const std::string& name) const { return root / name; }
};

/// The whole station but its settings, its API and its inbox, wired as `station/app` does.
class Station {
public:
    explicit Station(const Scene& scene)
        : scene_(scene),
          house_(scene.estate),
          log_(scene.root / "station.log", std::ios::app),
          patient_(*house_.authority, house_.clock, station::Patience{1s, 2s}),
          revoker_(*house_.ledger, patient_, house_.profiles, house_.clock,
                   [this](const std::string& line) { say(line); }),
          orderSystem_({scene.orderSystemUrl + "/events", {}, 5s}),
          pusher_(
              *house_.ledger, {house_.ledger->instance(), "Soak"},
              {pkcs11::tokenPrivateKey(house_.token, "seal"), *scene.estate.seal}, orderSystem_,
              house_.clock, [this](const std::string& line) { say(line); },
              station::PushPauses{1s, 2s}),
          board_([this](const station::ReaderStatus& status) { heard(status); }),
          line_(journeyHouse(), house_.lineSettings, board_,
                {[](const station::Produced&) {},
                 [this](const station::Claim&, const Failure&) { ++scene_.progress.failed; },
                 [this](const Failure& failure) {
                     say(std::string{"the station stops: "} + failure.what());
                     stopped_ = true;
                 }}) {
        scene.progress.recovered += house_.ledger->recover().size();
        house_.letters->settleHalfDone();
        house_.ledger->accept({Batch, orders(), {}}, "soak");
    }

    void makeAll() {
        std::vector<std::jthread> working;
        for (const auto& table : Tables)
            working.emplace_back(
                [this, &table](const std::stop_token& stop) { serve(table, stop); });
        working.emplace_back([this](const std::stop_token& stop) {
            repeatedly(stop, [&] {
                mattersLeft_ = revoker_.round(stop);
                house_.ledger->forgetFinishedGroupKeys();
            });
        });
        working.emplace_back([this](const std::stop_token& stop) {
            repeatedly(stop, [&] { pusher_.round(stop); });
        });
        while (!isDone()) {
            ASSERT_FALSE(stopped_) << "the station stopped of itself";
            releaseHeld();
            resumeReaders();
            std::this_thread::sleep_for(50ms);
        }
        for (auto& thread : working)
            thread.request_stop();
        working.clear();
        pushAll();
    }

    void pushAll() {
        while (!house_.ledger->undeliveredEvents(0, 1).empty()) {
            pusher_.round();
            std::this_thread::sleep_for(20ms);
        }
    }

    /// With the CA and the order system up.
    void judge() {
        pushAll();
        EXPECT_EQ(expectTruths(house_, chips()), static_cast<int>(scene_.cards));
        std::size_t known = 0;
        for (const auto& event :
             house_.ledger->events(0, std::numeric_limits<std::int32_t>::max())) {
            EXPECT_EQ(event.sequence, static_cast<std::int64_t>(++known)) << "truth 7";
        }
        EXPECT_EQ(fetched(scene_.orderSystemUrl + "/complaints"), "") << "truth 7";
        std::istringstream received{fetched(scene_.orderSystemUrl + "/received")};
        std::set<std::uint64_t> sequences;
        for (std::string line; std::getline(received, line);)
            sequences.insert(std::stoull(line));
        EXPECT_EQ(sequences.size(), known) << "truth 7";
        EXPECT_EQ(*sequences.rbegin(), known) << "truth 7";
        std::cout << "[   SOAK   ] " << known << " events, "
                  << std::stoul(fetched(scene_.orderSystemUrl + "/repeats"))
                  << " of them came more than once\n";
    }

private:
    station::House journeyHouse() {
        return {*house_.ledger,   patient_,          house_.profiles, *house_.sealer,
                *house_.cardKeys, *house_.groupKeys, house_.clock,    house_.attestationRoots};
    }

    std::deque<station::Order> orders() {
        std::deque<station::Order> all;
        for (std::size_t number = 0; number < scene_.cards; ++number) {
            all.push_back(house_.order("group-card-p256", "group " + std::to_string(number / 20)));
            all.back().batch = Batch;
        }
        return all;
    }

    void serve(const std::string& table, const std::stop_token& stop) {
        const auto start = [&]() -> std::unique_ptr<drivers::ReaderHost> {
            return std::make_unique<drivers::ReaderProcess>(ZEGEL_SOAK_PROGRAM,
                                                            scene_.table(table).string());
        };
        drivers::RelayedReaderWatch watch{start, table};
        line_.run(watch, table, stop);
    }

    template <typename Round>
    void repeatedly(const std::stop_token& stop, Round&& round) {
        while (!stop.stop_requested()) {
            round();
            std::this_thread::sleep_for(20ms);
        }
    }

    bool isDone() {
        const auto counts = house_.ledger->stateCounts();
        const auto produced = counts.orders.find("produced");
        return produced != counts.orders.end() && produced->second == scene_.cards &&
               mattersLeft_ == 0;
    }

    /// The person that an order on hold waits for.
    void releaseHeld() {
        for (const auto& held : house_.ledger->ordersIn(OrderState::OnHold, 100)) {
            EXPECT_FALSE(held.reason.empty());
            say("held: " + held.reason);
            const auto id = held.order.id.value() + " " + std::to_string(held.attempts);
            house_.ledger->decide({id, held.order.id, station::Decision::Act::Release,
                                   "an operator", "the CA had been killed"});
            ++scene_.progress.released;
            line_.ring();
        }
    }

    /// The person that a reader waits for whose process was killed over three cards in a row.
    void resumeReaders() {
        for (const auto& status : board_.all()) {
            if (house_.ledger->readerRule(status.reader).setAside.empty()) continue;
            say(status.reader.value() + " is resumed");
            house_.ledger->decide(
                {"resume " + std::to_string(++resumed_) + toRfc3339(house_.clock.now()),
                 status.reader, station::ReaderDecision::Act::Resume, std::nullopt, "an operator",
                 "its process had been killed"},
                {status.reader});
            line_.ring();
        }
    }

    std::vector<std::shared_ptr<hwsim::PivChip>> chips() const {
        std::vector<std::shared_ptr<hwsim::PivChip>> all;
        for (const auto& table : Tables) {
            for (const auto* place : {"in", "out"}) {
                for (const auto& entry :
                     fs::recursive_directory_iterator{scene_.table(table) / place}) {
                    if (entry.path().extension() == ".chip")
                        all.push_back(hwsim::pivChipFromFile(entry.path()));
                }
            }
        }
        return all;
    }

    void heard(const station::ReaderStatus& status) {
        if (status.state == station::ReaderStatus::State::Working)
            ++scene_.progress.steps;
        else
            say(status.reader.value() + ": " + status.message);
    }

    void say(const std::string& line) {
        const std::lock_guard alone{mutex_};
        log_ << toRfc3339(house_.clock.now()) << ' ' << line << std::endl;
    }

    const Scene& scene_;
    std::mutex mutex_;
    House house_;
    std::ofstream log_;
    station::PatientAuthority patient_;
    station::Revoker revoker_;
    station::HttpOrderSystem orderSystem_;
    station::EventPusher pusher_;
    station::StatusBoard board_;
    station::Line line_;
    std::atomic<bool> stopped_{false};
    std::atomic<std::size_t> mattersLeft_{1};
    int resumed_ = 0;
};

/// Strikes one part of the house after the other, at random, as the work goes on.
class Fate {
public:
    Fate(const Scene& scene, std::uint64_t seed) : scene_(scene), dice_(seed) {}

    /// Begins a station, and another whenever it is struck; until one is done.
    End runToTheEnd(Servant& authority, Servant& orderSystem) {
        auto next = drawn(20, 120);
        std::uint64_t seen = 0;
        auto seenAt = std::chrono::steady_clock::now();
        begin();
        while (true) {
            if (const auto end = station_->ended()) return *end;
            const std::uint64_t steps = scene_.progress.steps;
            if (steps >= next) {
                std::this_thread::sleep_for(std::chrono::milliseconds{drawn(0, 30)});
                strike(authority, orderSystem);
                next = steps + drawn(20, 120);
            }
            if (std::exchange(seen, steps) != steps) seenAt = std::chrono::steady_clock::now();
            if (std::chrono::steady_clock::now() - seenAt > 240s) return End::Badly;
            std::this_thread::sleep_for(5ms);
        }
    }

    std::array<int, 4> struck{};  ///< station, readers, CA, order system

private:
    std::uint64_t drawn(std::uint64_t least, std::uint64_t most) {
        return std::uniform_int_distribution<std::uint64_t>{least, most}(dice_);
    }

    void begin() {
        station_.reset();
        station_ = std::make_unique<Life>([this] {
            Station station{scene_};
            station.makeAll();
        });
    }

    void strike(Servant& authority, Servant& orderSystem) {
        const auto which = drawn(0, 9);
        if (which < 4) {
            ++struck[0];
            station_->kill();
            begin();
        } else if (which < 6) {
            ++struck[1];
            std::ofstream{scene_.table(Tables.at(drawn(0, 1))) / "strike"}.flush();
        } else {
            auto& servant = which < 8 ? authority : orderSystem;
            ++struck.at(which < 8 ? 2 : 3);
            servant.kill();
            std::this_thread::sleep_for(std::chrono::milliseconds{drawn(0, 300)});
            servant.restart();
        }
    }

    const Scene& scene_;
    std::mt19937_64 dice_;
    std::unique_ptr<Life> station_;
};

/// The end of a log is where a fault shows; all of it would hide what the test said before.
void tellTheLast(std::size_t count, const fs::path& file) {
    std::ifstream log{file};
    std::deque<std::string> lines;
    for (std::string line; std::getline(log, line);) {
        lines.push_back(line);
        if (lines.size() > count) lines.pop_front();
    }
    for (const auto& line : lines)
        std::cout << line << '\n';
}

class Soak : public ::testing::Test {
protected:
    Soak() : folder_(temporaryFolder()) {
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // readers whose station was killed are awaited, too
        ::setenv("ZEGEL_SOAK_READERS", ReadersEach, 1);
    }
    ~Soak() override {
        while (::waitpid(-1, nullptr, 0) > 0) {
        }
        fs::remove_all(folder_);
    }

    void layOutChips(const Scene& scene) {
        std::uint32_t serial = 0x00D00000;
        for (const auto& table : Tables) {
            for (const auto* place : {"new", "in", "out"})
                fs::create_directories(scene.table(table) / place);
            for (std::size_t chip = 0; chip < scene.cards * 3 / 4 + 10; ++chip) {
                ++serial;
                hwsim::saveChipFile(scene.table(table) / "new" / (std::to_string(serial) + ".chip"),
                                    hwsim::blankMemory(hwsim::pivModelNamed("5.7"), serial));
            }
        }
    }

    fs::path folder_;
};

TEST_F(Soak, makesEveryOrderOnceWhateverIsKilled) {
    const auto cards = numberFrom("ZEGEL_SOAK_CARDS", Cards);
    const auto seed = seedOfDice();
    std::cout << "[   SOAK   ] " << cards << " cards, ZEGEL_SOAK_SEED=" << seed << std::endl;
    const auto began = std::chrono::steady_clock::now();
    auto estate = newEstate(folder_ / "house");
    writeDurably(folder_ / "seal.pem", bytesOf(pkcs11::toPem(*estate.seal)));
    const std::string hwsim = ZEGEL_BINARY_DIR "/bin/zegel-hwsim";
    Servant authority{{hwsim, "authority", "--quiet", "--directory", estate.authorityFolder,
                       "--registration-authority", estate.registrationFile()}};
    Servant orderSystem{{hwsim, "orders", "--quiet", "--directory", folder_ / "orders",
                         "--station-certificate", folder_ / "seal.pem"}};
    estate.authorityUrl = authority.url();
    const Scene scene{estate, folder_, orderSystem.url(), cards, sharedProgress()};
    layOutChips(scene);

    Fate fate{scene, seed};
    auto end = fate.runToTheEnd(authority, orderSystem);
    if (end == End::Well) end = livedThrough([&] { Station{scene}.judge(); });  // struck by nobody
    EXPECT_EQ(end, End::Well);
    if (cards >= Cards && seed == Seed) {
        EXPECT_THAT(fate.struck, ::testing::Each(::testing::Gt(0)));
    } else if (cards >= Cards) {
        EXPECT_GT(std::reduce(fate.struck.begin(), fate.struck.end()), 0);
    }
    if (end != End::Well) tellTheLast(40, folder_ / "station.log");
    if (const char* keep = std::getenv("ZEGEL_SOAK_LOG"))
        fs::copy_file(folder_ / "station.log", keep, fs::copy_options::overwrite_existing);
    std::cout << "[   SOAK   ] struck: station " << fate.struck[0] << ", readers " << fate.struck[1]
              << ", CA " << fate.struck[2] << ", order system " << fate.struck[3] << " in "
              << scene.progress.steps << " steps; walks that failed " << scene.progress.failed
              << ", cut off " << scene.progress.recovered << ", orders that a person released "
              << scene.progress.released << "; "
              << std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count()
              << " s\n";
}

}  // namespace
}  // namespace zegel::tests
