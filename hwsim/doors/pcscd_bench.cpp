#include "hwsim/doors/pcscd_bench.h"

#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "hwsim/chips/piv_chip.h"
#include "hwsim/doors/chip_name.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <poll.h>
#include <sstream>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace zegel::hwsim {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using SteadyTime = PcscdBench::SteadyTime;

/// pcscd looks every 400 ms; on no machine, however busy, does that take so long.
constexpr auto Patience = 60s;
constexpr int StartsBeforeGivingUp = 3;

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

/// The name that PC/SC makes of ours: reader and slot in hexadecimal behind it.
std::string shownName(const std::string& name, std::size_t number) {
    constexpr std::string_view Digits = "0123456789ABCDEF";
    return name + " 0" + Digits[number & 0x0F] + " 00";
}

int bindNotices(const fs::path& path) {
    std::error_code ignored;
    fs::remove(path, ignored);
    const int notices = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::bind(notices, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        throw Failure(Fault::SettingUnusable, "the socket " + path.string() + " cannot be made");
    }
    return notices;
}

[[noreturn]] void refuse(const std::string& why) {
    throw Failure(Fault::RequestRefused, why);
}

}  // namespace

PcscdBench::PcscdBench(PcscdBenchSettings settings)
    : settings_(std::move(settings)),
      pcscd_(settings_.directory, settings_.readers, settings_.parts) {
    fs::create_directories(settings_.directory / "chips");
    for (std::size_t at = 0; at < settings_.readers.size(); ++at) {
        Berth berth;
        berth.name = settings_.readers[at];
        berth.shownName = shownName(berth.name, at);
        berths_.push_back(std::move(berth));
    }
    notices_ = bindNotices(pcscd_.notices());
    rested_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    startPcscd();
}

PcscdBench::~PcscdBench() {
    // pcscd first: a card that leaves while it runs costs it a log line and us a wait.
    pcscd_.stop();
    berths_.clear();
    ::close(notices_);
    ::close(rested_);
}

/// Somebody else may take a port between our look and vpcd's: then other ports are tried.
void PcscdBench::startPcscd() {
    for (int attempt = 1;; ++attempt) {
        pcscd_.start();
        try {
            await([&] { return std::ranges::all_of(berths_, &Berth::ready); }, "start");
            return;
        } catch (const Failure&) {
            pcscd_.stop();
            if (attempt == StartsBeforeGivingUp) throw;
        }
    }
}

PcscdBench::Berth& PcscdBench::berthNamed(std::string_view reader) {
    std::vector<Berth*> named;
    for (std::size_t at = 0; at < berths_.size(); ++at) {
        Berth& berth = berths_[at];
        if (reader == std::to_string(at + 1) || reader == berth.shownName) return berth;
        if (reader == berth.name) named.push_back(&berth);
    }
    if (named.size() == 1) return *named.front();
    refuse((named.empty() ? "there is no reader \"" : "there are several readers \"") +
           std::string(reader) + "\"; name one by its number, as in the list");
}

fs::path PcscdBench::chipFile(const std::string& chip) const {
    fs::path stored = settings_.directory / "chips" / (chipStem(chip) + ".chip");
    if (fs::exists(stored)) return stored;
    if (fs::exists(chip)) return fs::absolute(chip);
    refuse("there is no chip file " + chip + "; make one with \"zegel-hwsim chip new\"");
}

void PcscdBench::connect(Berth& berth, const fs::path& file) {
    const auto chip = takingItsTime(pivChipFromFile(file), settings_.timing);
    const auto number = static_cast<std::size_t>(&berth - berths_.data());
    berth.line = std::make_unique<VpcdLine>(pcscd_.port(number), chip, now() + Patience,
                                            [rested = rested_] { ::eventfd_write(rested, 1); });
    pcscd_.wake(number);
    berth.changesBefore = chip->changes();
    berth.file = file;
    berth.swapping = false;  // whoever put it in, the reader is not waiting for a card any more
}

void PcscdBench::insert(std::string_view reader, const std::string& chip) {
    Berth& berth = berthNamed(reader);
    const fs::path file = chipFile(chip);
    if (!berth.file.empty()) refuse("reader " + berth.name + " holds a card; pull it first");
    if (std::ranges::any_of(berths_, [&](const Berth& other) { return other.file == file; })) {
        refuse("chip " + chip + " is in another reader; pull it first");
    }
    await([&] { return !berth.seen; }, "see the last card leave");
    for (Berth& other : berths_) {
        std::erase(other.stack, file);
        std::erase(other.hopper, file);
    }
    connect(berth, file);
    await([&] { return berth.seen; }, "see the card");
}

void PcscdBench::pull(std::string_view reader) {
    Berth& berth = berthNamed(reader);
    if (berth.swapping) refuse("the hopper puts the next card into reader " + berth.name + " now");
    if (berth.file.empty()) refuse("there is no card in reader " + berth.name);
    takeOut(berth);
    await([&] { return !berth.seen; }, "see the card leave");
}

void PcscdBench::eject(std::string_view reader) {
    Berth& berth = berthNamed(reader);
    if (!berth.swapping) pull(reader);  // else the hopper has begun it itself
    if (berth.hopper.empty()) return;
    await([&] { return !berth.seen; }, "see the card leave");
    feed(berth);
    await([&] { return berth.seen; }, "see the next card");
}

void PcscdBench::setMute(std::string_view reader, bool mute) {
    const Berth& berth = berthNamed(reader);
    const auto number = static_cast<std::size_t>(&berth - berths_.data());
    const fs::path mark = pcscd_.muteMark(number);
    if (mute) {
        std::ofstream{mark};
    } else {
        fs::remove(mark);
    }
}

void PcscdBench::load(std::string_view reader, int count, const std::string& model,
                      std::optional<std::uint32_t> firstSerial) {
    Berth& berth = berthNamed(reader);
    const Bytes random = randomBytes(3);
    std::uint32_t serial = firstSerial.value_or(
        10'000'000U + (static_cast<std::uint32_t>(random[0] << 16 | random[1] << 8 | random[2])));
    for (int made = 0; made < count; ++serial) {
        const fs::path file = settings_.directory / "chips" / (std::to_string(serial) + ".chip");
        if (fs::exists(file)) {
            if (firstSerial) refuse("there is a chip " + std::to_string(serial) + " already");
            continue;
        }
        saveChipFile(file, blankMemory(pivModelNamed(model), serial));
        berth.hopper.push_back(file);
        ++made;
    }
    if (!berth.file.empty() || berth.seen || berth.hopper.empty()) return;
    feed(berth);
    await([&] { return berth.seen; }, "see the card");
}

void PcscdBench::stopService(bool abruptly) {
    pcscd_.stop(abruptly);
    for (Berth& berth : berths_) {
        berth.workedOn = isWorkedOn(berth);
        berth.line.reset();
        berth.seen = berth.ready = false;
    }
    readNotices();
}

void PcscdBench::startService() {
    if (pcscd_.isRunning()) return;
    stopService(false);
    startPcscd();
    for (Berth& berth : berths_) {
        if (!berth.file.empty()) {
            connect(berth, fs::path{berth.file});
        } else if (std::exchange(berth.swapping, false)) {
            feed(berth);  // the service ended in the middle of it
        }
    }
    await(
        [&] {
            return std::ranges::all_of(
                berths_, [](const Berth& berth) { return berth.seen == !berth.file.empty(); });
        },
        "see the cards again");
}

std::string PcscdBench::list() {
    std::ostringstream out;
    if (!pcscd_.isRunning()) out << "pcscd is not running\n";
    for (std::size_t at = 0; at < berths_.size(); ++at) {
        const Berth& berth = berths_[at];
        out << at + 1 << "  " << berth.shownName << "\n   card    "
            << (berth.file.empty() ? "none" : chipName(berth.file));
        if (berth.line) out << ", " << berth.line->exchanges() << " exchanges";
        out << "\n   hopper  " << berth.hopper.size() << "\n   stack  ";
        for (const fs::path& file : berth.stack) {
            out << ' ' << chipName(file);
        }
        out << '\n';
    }
    return out.str();
}

void PcscdBench::readNotices() {
    std::array<char, 64> room;
    for (;;) {
        const auto got = ::recv(notices_, room.data(), room.size(), 0);
        if (got <= 0) return;
        std::istringstream notice(std::string(room.data(), static_cast<std::size_t>(got)));
        std::size_t number = 0;
        std::string what;
        notice >> number >> what;
        if (number == 0 || number > berths_.size()) continue;
        Berth& berth = berths_[number - 1];
        if (what == "ready") berth.ready = true;
        if (what == "present") berth.seen = true;
        if (what == "absent") berth.seen = false;
    }
}

/// Errors: ReaderUnavailable when pcscd does not do so in time, or has ended.
template <typename Condition>
void PcscdBench::await(Condition condition, const std::string& what) {
    const SteadyTime deadline = now() + Patience;
    for (readNotices(); !condition(); readNotices()) {
        if (now() >= deadline || !pcscd_.isRunning()) {
            throw Failure(Fault::ReaderUnavailable,
                          "pcscd did not " + what + "; stop the bench and start it again");
        }
        pollfd waiting{notices_, POLLIN, 0};
        ::poll(&waiting, 1, 100);
    }
}

}  // namespace zegel::hwsim
