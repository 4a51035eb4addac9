#include "hwsim/doors/pcscd_bench.h"

#include <sys/eventfd.h>
#include <utility>

namespace zegel::hwsim {
namespace {

PcscdBench::SteadyTime now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

void PcscdBench::takeOut(Berth& berth) {
    berth.line.reset();
    pcscd_.wake(static_cast<std::size_t>(&berth - berths_.data()));
    berth.workedOn = false;
    if (!berth.file.empty()) berth.stack.push_back(std::exchange(berth.file, {}));
}

void PcscdBench::feed(Berth& berth) {
    if (berth.hopper.empty()) return;
    connect(berth, berth.hopper.front());
    berth.hopper.pop_front();
}

bool PcscdBench::isWorkedOn(const Berth& berth) const {
    return berth.workedOn || (berth.line && berth.line->chip()->changes() != berth.changesBefore);
}

bool PcscdBench::isFinished(const Berth& berth) const {
    return berth.line && !berth.hopper.empty() && isWorkedOn(berth) && berth.line->restingSince();
}

std::optional<PcscdBench::SteadyTime> PcscdBench::due() const {
    std::optional<SteadyTime> earliest;
    for (const Berth& berth : berths_) {
        if (!isFinished(berth)) continue;
        const SteadyTime at = berth.line->restingSince().value_or(now()) + settings_.rest;
        if (!earliest || at < *earliest) earliest = at;
    }
    return earliest;
}

void PcscdBench::attend() {
    eventfd_t ignored = 0;
    ::eventfd_read(rested_, &ignored);
    readNotices();
    for (Berth& berth : berths_) {
        if (berth.swapping && !berth.seen && pcscd_.isRunning()) {
            berth.swapping = false;
            feed(berth);
        }
        const auto resting = isFinished(berth) ? berth.line->restingSince() : std::nullopt;
        if (!resting || now() - *resting < settings_.rest || !pcscd_.isRunning()) continue;
        takeOut(berth);
        berth.swapping = true;
    }
}

}  // namespace zegel::hwsim
