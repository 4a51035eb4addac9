#include "drivers/reader/relay/reader_host.h"
#include "drivers/reader/relay/reader_service.h"
#include "hwsim/chips/piv_chip.h"
#include "hwsim/doors/in_process.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <sys/file.h>
#include <system_error>
#include <thread>
#include <unistd.h>

// Stands in for zegel-readers: serves a table of readers on the in-process door, and plays the
// operator, who changes a card that was worked on for the next one. Chips live in files:
//
//     new/…   blank      in/<reader>   in that reader      out/…   taken out
//
// A file `strike` in the folder has this process killed. Its folder comes where a real one is told
// its PC/SC service.

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using namespace zegel;
using Clock = std::chrono::steady_clock;

constexpr auto Settled = 300ms;    // a chip that was changed, and lies still since
constexpr auto Unchanged = 400ms;  // nobody does anything with it
constexpr auto Look = 4ms;
constexpr int BackEach = 8;  // so many cards on, one that was taken out comes back

/// Tells when its session ended.
class SeenChip final : public hwsim::Chip {
public:
    explicit SeenChip(std::shared_ptr<hwsim::PivChip> chip) : chip_(std::move(chip)) {}

    const std::string& serial() const noexcept override { return chip_->serial(); }
    Bytes atr() const override { return chip_->atr(); }
    std::uint64_t changes() const noexcept override { return chip_->changes(); }
    Bytes exchange(ByteView command) override { return chip_->exchange(command); }
    void powerOn() override {
        restsSince_ = Clock::time_point::max();
        chip_->powerOn();
    }
    void powerOff() noexcept override {
        chip_->powerOff();
        restsSince_ = Clock::now();
    }

    /// Nobody works with it, and has done so since it lies here.
    bool isDone() const {
        const Clock::time_point since = restsSince_;
        if (since == Clock::time_point::max()) return false;
        return Clock::now() - since > (changes() > 0 ? Settled : Unchanged);
    }

private:
    std::shared_ptr<hwsim::PivChip> chip_;
    std::atomic<Clock::time_point> restsSince_{Clock::time_point::max()};
};

/// The first by name; empty when there is none.
fs::path firstIn(const fs::path& folder) {
    fs::path first;
    for (const auto& entry : fs::directory_iterator{folder}) {
        const bool isChip = entry.path().extension() == ".chip";
        if (isChip && (first.empty() || entry.path() < first)) first = entry.path();
    }
    return first;
}

class Table {
public:
    Table(fs::path folder, int readers) : folder_(std::move(folder)) {
        for (int number = 0; number < readers; ++number) {
            const ReaderName name{"Reader 0" + std::to_string(number) + " 00"};
            bench.addReader(name);
            fs::create_directories(hold(name));
            seats_.push_back({name, nullptr});
            lay(seats_.back());
        }
    }

    void serve(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            if (fs::exists(folder_ / "strike")) {
                fs::remove(folder_ / "strike");
                ::kill(::getpid(), SIGKILL);
            }
            for (auto& seat : seats_) {
                if (seat.chip && !seat.chip->isDone()) continue;
                takeAway(seat);
                lay(seat);
            }
            std::this_thread::sleep_for(Look);
        }
    }

    hwsim::InProcessBench bench;

private:
    struct Seat {
        ReaderName reader;
        std::shared_ptr<SeenChip> chip;
    };

    fs::path hold(const ReaderName& reader) const { return folder_ / "in" / reader.value(); }

    void takeAway(Seat& seat) {
        if (!seat.chip) return;
        bench.pull(seat.reader);
        seat.chip.reset();
        const auto card = firstIn(hold(seat.reader));
        // Those that were taken out last come back last.
        const auto place = std::chrono::system_clock::now().time_since_epoch().count();
        fs::rename(card, folder_ / "out" / (std::to_string(place) + ".chip"));
    }

    void lay(Seat& seat) {
        auto card = firstIn(hold(seat.reader));
        if (card.empty()) {
            auto next = ++laid_ % BackEach == 0 ? firstIn(folder_ / "out") : fs::path{};
            if (next.empty()) next = firstIn(folder_ / "new");
            if (next.empty()) next = firstIn(folder_ / "out");
            if (next.empty()) return;
            card = hold(seat.reader) / "card.chip";
            fs::rename(next, card);
        }
        seat.chip = std::make_shared<SeenChip>(hwsim::pivChipFromFile(card));
        bench.insert(seat.reader, seat.chip);
    }

    fs::path folder_;
    std::vector<Seat> seats_;
    int laid_ = 0;
};

/// Cards are in one table's hands at a time: the one before may still be ending.
void awaitTurn(const fs::path& folder) {
    const int lock = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    while (lock < 0 || ::flock(lock, LOCK_EX) != 0) {
        if (lock < 0 || errno != EINTR)
            throw std::system_error{errno, std::generic_category(), "no turn at the table"};
    }
}

}  // namespace

int main() try {
    for (const int end : {SIGINT, SIGTERM, SIGHUP})
        std::signal(end, SIG_IGN);
    const char* const folder = std::getenv("PCSCLITE_CSOCK_NAME");
    const char* const readers = std::getenv("ZEGEL_SOAK_READERS");
    if (folder == nullptr || readers == nullptr) return 2;
    awaitTurn(folder);
    Table table{folder, std::atoi(readers)};
    const auto watch = table.bench.watch();
    const std::jthread operating{[&](const std::stop_token& stop) { table.serve(stop); }};
    drivers::serveReaders(drivers::RelaySocket{drivers::ReaderControl}, *watch, [] { ::_exit(0); });
    return 0;
} catch (const std::exception& failure) {
    std::cerr << "soak readers: " << failure.what() << '\n';
    return 1;
}
