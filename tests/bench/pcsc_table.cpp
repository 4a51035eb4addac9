#include "tests/bench/pcsc_table.h"

#include <cstdlib>

namespace zegel::bench {
namespace {

namespace fs = std::filesystem;

/// pcscd looks every 400 ms; anything near this long is a pcscd that hangs.
constexpr std::chrono::seconds Patience{20};
const ReaderName Shown{"Zegel Bench 00 00"};

SteadyTime deadline() {
    return std::chrono::steady_clock::now() + Patience;
}

fs::path madeFolder() {
    std::string name = (fs::temp_directory_path() / "table-XXXXXX").string();
    return ::mkdtemp(name.data());
}

}  // namespace

PcscTable::PcscTable()
    : folder_(madeFolder()),
      pcscd_(folder_ / "pcscd", {"Zegel Bench"},
             hwsim::PcscdParts{.oneSlotHandler = ZEGEL_ONE_SLOT_HANDLER}) {
    ::setenv("PCSCLITE_CSOCK_NAME", pcscd_.socket().c_str(), 1);
    pcscd_.start();
    watch_ = std::make_unique<drivers::PcscReaderWatch>();
    const auto latest = deadline();
    while (watch_->readers().empty()) {
        if (std::chrono::steady_clock::now() > latest) {
            throw Failure{Fault::ReaderUnavailable, "pcscd does not show its virtual reader"};
        }
        watch_->awaitChange(Patience);
    }
    reader_ = watch_->reader(Shown);
}

PcscTable::~PcscTable() {
    reader_.reset();
    watch_.reset();
    pcscd_.stop();
    line_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

void PcscTable::insert(std::shared_ptr<hwsim::Chip> chip) {
    line_ = std::make_unique<hwsim::VpcdLine>(pcscd_.port(0), std::move(chip), deadline(), [] {});
    await(drivers::Presence::State::Card);
}

void PcscTable::pull() {
    line_.reset();
    await(drivers::Presence::State::Empty);
}

void PcscTable::await(drivers::Presence::State wanted) {
    const auto latest = deadline();
    for (auto now = reader_->presence(); now.state != wanted;
         now = reader_->awaitChange(now, std::chrono::seconds{1})) {
        if (std::chrono::steady_clock::now() > latest) {
            throw Failure{Fault::ReaderUnavailable, "pcscd does not see the card come or go"};
        }
    }
}

}  // namespace zegel::bench
