#include "hwsim/doors/bench_table.h"

#include <utility>

namespace zegel::hwsim {
namespace {

using Kind = ExchangeFault::Kind;

class BenchSession final : public drivers::CardSession {
public:
    BenchSession(std::shared_ptr<BenchTable> table, std::shared_ptr<BenchSlot> slot)
        : table_(std::move(table)),
          slot_(std::move(slot)),
          chip_(slot_->chip),
          events_(slot_->events),
          extended_(table_->carriesExtended) {
        slot_->inSession = true;
        chip_->powerOn();
        atr_ = chip_->atr();
    }

    BenchSession(const BenchSession&) = delete;
    BenchSession& operator=(const BenchSession&) = delete;
    ~BenchSession() override {
        auto lock = table_->lock();
        table_->awaitRest(lock, *slot_);
        if (isThere()) chip_->powerOff();
        slot_->inSession = false;
    }

    const Bytes& atr() const noexcept override { return atr_; }
    std::optional<bool> carriesExtended() const noexcept override { return extended_; }

    void powerCycle() override {
        auto lock = table_->lock();
        expectCard();
        chip_->powerOff();
        chip_->powerOn();
    }

    iso7816::ResponseApdu transmit(const iso7816::CommandApdu& command) override {
        auto lock = table_->lock();
        expectCard();
        const auto fault = slot_->faults.next();
        if (fault) strikeBefore(*fault);
        Bytes answer;
        if (!fault || fault->kind != Kind::Status) answer = passToChip(lock, command);
        if (fault && fault->kind == Kind::PullAfter)
            table_->pulled[slot_->name] = table_->takeOut(*slot_);
        expectCard();
        if (fault) answer = altered(*fault, std::move(answer));
        return responseOf(std::move(answer));
    }

private:
    bool isThere() const { return !slot_->gone && slot_->events == events_ && slot_->chip; }

    void expectCard() const {
        table_->expectService();
        if (slot_->gone) {
            throw Failure(Fault::ReaderUnavailable,
                          "reader " + slot_->name.value() + " is gone; plug it in again");
        }
        if (!isThere() || slot_->mute) {
            throw Failure(Fault::CardPulled, "the card left reader " + slot_->name.value() +
                                                 " before it was finished; put it back");
        }
    }

    /// What goes wrong before the command reaches the chip.
    void strikeBefore(const ExchangeFault& fault) {
        if (fault.kind == Kind::PullBefore) table_->pulled[slot_->name] = table_->takeOut(*slot_);
        if (fault.kind == Kind::ReaderGone) {
            table_->pulled[slot_->name] = table_->takeOut(*slot_);
            table_->remove(*slot_);
        }
        if (fault.kind == Kind::ServiceGone) {
            table_->serviceRuns = false;
            ++table_->listEvents;
            table_->changed.notify_all();
        }
        if (fault.kind == Kind::TimedOut) {
            throw Failure(Fault::ReaderUnavailable, "reader " + slot_->name.value() +
                                                        " did not answer in time; see its cable");
        }
        expectCard();
    }

    Bytes passToChip(BenchTable::Lock& lock, const iso7816::CommandApdu& command) {
        slot_->busy = true;
        lock.unlock();
        Bytes answer = command.encoded().disclose(
            Disclosure::ToChip, [&](ByteView octets) { return chip_->exchange(octets); });
        lock.lock();
        slot_->busy = false;
        ++slot_->traffic.exchanges;
        slot_->traffic.octetsToChip += command.encoded().size();
        slot_->traffic.octetsFromChip += answer.size();
        table_->rested.notify_all();
        return answer;
    }

    iso7816::ResponseApdu responseOf(Bytes answer) const {
        if (answer.size() < 2) {
            throw Failure(Fault::CardPulled, "the card in reader " + slot_->name.value() +
                                                 " does not answer any more; take another");
        }
        const iso7816::StatusWord status{answer[answer.size() - 2], answer.back()};
        answer.resize(answer.size() - 2);
        return {std::move(answer), status};
    }

    std::shared_ptr<BenchTable> table_;
    std::shared_ptr<BenchSlot> slot_;
    std::shared_ptr<Chip> chip_;
    std::uint32_t events_;
    std::optional<bool> extended_;
    Bytes atr_{};
};

}  // namespace

std::unique_ptr<drivers::CardSession> openSession(const std::shared_ptr<BenchTable>& table,
                                                  const ReaderName& name) {
    const auto lock = table->lock();
    table->expectService();
    const auto slot = table->slot(name);
    if (!slot) {
        throw Failure(Fault::ReaderUnavailable,
                      "reader " + name.value() + " is gone; plug it in again");
    }
    if (!slot->chip) {
        throw Failure(Fault::CardPulled, "there is no card in reader " + name.value());
    }
    if (slot->mute) {
        throw Failure(Fault::CardPulled, "the card in reader " + name.value() +
                                             " is mute; take it out and look at it");
    }
    if (slot->inSession) {
        throw Failure(Fault::ReaderUnavailable, "the card in reader " + name.value() +
                                                    " is in use by another program; close that");
    }
    return std::make_unique<BenchSession>(table, slot);
}

}  // namespace zegel::hwsim
