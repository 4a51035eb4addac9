#include "hwsim/doors/in_process.h"

#include "hwsim/doors/bench_table.h"

#include <utility>

namespace zegel::hwsim {
namespace {

using drivers::Presence;

class BenchReader final : public drivers::Reader {
public:
    BenchReader(std::shared_ptr<BenchTable> table, ReaderName name)
        : table_(std::move(table)), name_(std::move(name)) {}

    const ReaderName& name() const noexcept override { return name_; }

    Presence presence() override {
        const auto lock = table_->lock();
        return table_->presence(name_);
    }

    Presence awaitChange(const Presence& known, std::chrono::milliseconds atMost) override {
        auto lock = table_->lock();
        table_->changed.wait_for(lock, atMost,
                                 [&] { return interrupted_ || table_->presence(name_) != known; });
        interrupted_ = false;
        return table_->presence(name_);
    }

    void interrupt() noexcept override {
        const auto lock = table_->lock();
        interrupted_ = true;
        table_->changed.notify_all();
    }

    std::unique_ptr<drivers::CardSession> connect() override { return openSession(table_, name_); }

private:
    std::shared_ptr<BenchTable> table_;
    ReaderName name_;
    bool interrupted_ = false;
};

class BenchWatch final : public drivers::ReaderWatch {
public:
    explicit BenchWatch(std::shared_ptr<BenchTable> table) : table_(std::move(table)) {}

    std::vector<ReaderName> readers() override {
        const auto lock = table_->lock();
        table_->expectService();
        seen_ = table_->listEvents;
        std::vector<ReaderName> names;
        for (const auto& [name, slot] : table_->slots) {
            names.push_back(name);
        }
        return names;
    }

    void awaitChange(std::chrono::milliseconds atMost) override {
        auto lock = table_->lock();
        table_->changed.wait_for(lock, atMost,
                                 [&] { return interrupted_ || table_->listEvents != seen_; });
        interrupted_ = false;
    }

    void interrupt() noexcept override {
        const auto lock = table_->lock();
        interrupted_ = true;
        table_->changed.notify_all();
    }

    std::unique_ptr<drivers::Reader> reader(const ReaderName& name) override {
        return std::make_unique<BenchReader>(table_, name);
    }

private:
    std::shared_ptr<BenchTable> table_;
    std::uint64_t seen_ = 0;
    bool interrupted_ = false;
};

BenchSlot& slotNamed(const BenchTable& table, const ReaderName& name) {
    const auto slot = table.slot(name);
    if (!slot) throw Failure(Fault::Defect, "the bench has no reader " + name.value());
    return *slot;
}

}  // namespace

InProcessBench::InProcessBench() : table_(std::make_shared<BenchTable>()) {}

InProcessBench::~InProcessBench() {
    stopService();
}

void InProcessBench::addReader(const ReaderName& name) {
    const auto lock = table_->lock();
    if (table_->slot(name)) {
        throw Failure(Fault::Defect, "the bench has a reader " + name.value() + " already");
    }
    const auto slot = std::make_shared<BenchSlot>();
    slot->name = name;
    table_->slots.emplace(name, slot);
    ++table_->listEvents;
    table_->changed.notify_all();
}

std::shared_ptr<Chip> InProcessBench::removeReader(const ReaderName& name) {
    auto lock = table_->lock();
    slotNamed(*table_, name);
    const auto slot = table_->slot(name);
    table_->awaitRest(lock, *slot);
    auto chip = table_->takeOut(*slot);
    table_->remove(*slot);
    return chip;
}

void InProcessBench::insert(const ReaderName& reader, std::shared_ptr<Chip> chip) {
    const auto lock = table_->lock();
    BenchSlot& slot = slotNamed(*table_, reader);
    if (slot.chip) throw Failure(Fault::Defect, "reader " + reader.value() + " holds a card");
    slot.chip = std::move(chip);
    ++slot.events;
    table_->changed.notify_all();
}

std::shared_ptr<Chip> InProcessBench::pull(const ReaderName& reader) {
    auto lock = table_->lock();
    slotNamed(*table_, reader);
    const auto slot = table_->slot(reader);
    table_->awaitRest(lock, *slot);
    return table_->takeOut(*slot);
}

std::shared_ptr<Chip> InProcessBench::takePulled(const ReaderName& reader) {
    const auto lock = table_->lock();
    const auto found = table_->pulled.extract(reader);
    return found.empty() ? nullptr : std::move(found.mapped());
}

void InProcessBench::setMute(const ReaderName& reader, bool mute) {
    const auto lock = table_->lock();
    slotNamed(*table_, reader).mute = mute;
    table_->changed.notify_all();
}

void InProcessBench::setCarriesExtended(std::optional<bool> carries) {
    const auto lock = table_->lock();
    table_->carriesExtended = carries;
}

void InProcessBench::stopService() {
    const auto lock = table_->lock();
    table_->serviceRuns = false;
    ++table_->listEvents;
    table_->changed.notify_all();
}

void InProcessBench::startService() {
    const auto lock = table_->lock();
    table_->serviceRuns = true;
    ++table_->listEvents;
    table_->changed.notify_all();
}

void InProcessBench::arm(const ReaderName& reader, const ExchangeFault& fault) {
    const auto lock = table_->lock();
    slotNamed(*table_, reader).faults.arm(fault);
}

void InProcessBench::disarm(const ReaderName& reader) {
    const auto lock = table_->lock();
    slotNamed(*table_, reader).faults.disarm();
}

std::size_t InProcessBench::faultsPending(const ReaderName& reader) const {
    const auto lock = table_->lock();
    return slotNamed(*table_, reader).faults.pending();
}

Traffic InProcessBench::traffic(const ReaderName& reader) const {
    const auto lock = table_->lock();
    return slotNamed(*table_, reader).traffic;
}

std::unique_ptr<drivers::ReaderWatch> InProcessBench::watch() {
    return std::make_unique<BenchWatch>(table_);
}

std::unique_ptr<drivers::Reader> InProcessBench::reader(const ReaderName& name) {
    return std::make_unique<BenchReader>(table_, name);
}

}  // namespace zegel::hwsim
