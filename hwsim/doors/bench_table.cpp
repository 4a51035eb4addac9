#include "hwsim/doors/bench_table.h"

namespace zegel::hwsim {

using drivers::Presence;

std::shared_ptr<BenchSlot> BenchTable::slot(const ReaderName& name) const {
    const auto found = slots.find(name);
    return found == slots.end() ? nullptr : found->second;
}

void BenchTable::expectService() const {
    if (serviceRuns) return;
    throw drivers::ServiceGone("the PC/SC service is gone; start it again");
}

Presence BenchTable::presence(const ReaderName& name) const {
    expectService();
    const auto found = slot(name);
    if (!found) return {Presence::State::Gone, 0};
    if (!found->chip) return {Presence::State::Empty, found->events};
    return {found->mute ? Presence::State::MuteCard : Presence::State::Card, found->events};
}

void BenchTable::awaitRest(Lock& lock, BenchSlot& slot) {
    rested.wait(lock, [&] { return !slot.busy; });
}

std::shared_ptr<Chip> BenchTable::takeOut(BenchSlot& slot) {
    if (!slot.chip) return nullptr;
    slot.chip->powerOff();
    ++slot.events;
    slot.mute = false;
    changed.notify_all();
    return std::exchange(slot.chip, nullptr);
}

void BenchTable::remove(BenchSlot& slot) {
    slot.gone = true;
    slots.erase(slot.name);
    ++listEvents;
    changed.notify_all();
}

}  // namespace zegel::hwsim
