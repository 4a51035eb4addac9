#include "drivers/reader/relay/relayed_reader.h"

#include <array>

namespace zegel::drivers {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

Failure notUnderstood() {
    return {Fault::Defect, "a reader's process answered what cannot be understood"};
}

Presence presenceIn(ByteView answer) {
    if (answer.size() != 5 || answer[0] > static_cast<std::uint8_t>(Presence::State::Gone)) {
        throw notUnderstood();
    }
    return {static_cast<Presence::State>(answer[0]), relayNumberAt(answer, 1)};
}

class RelayedSession final : public CardSession {
public:
    RelayedSession(std::shared_ptr<RelayedLine> line, const RelayPatience& patience)
        : line_(std::move(line)), patience_(patience) {
        readCard(line_->ask({relayOctet(RelayAsk::Connect)}, patience_.toPower));
        opened_ = line_->opened();
    }

    ~RelayedSession() override {
        if (line_->opened() != opened_) return;  // the session ended with its line
        try {
            line_->ask({relayOctet(RelayAsk::Disconnect)}, patience_.toPower);
        } catch (const Failure&) {
            return;  // the line is lost, and the session with it
        }
    }
    RelayedSession(const RelayedSession&) = delete;
    RelayedSession& operator=(const RelayedSession&) = delete;

    const Bytes& atr() const noexcept override { return atr_; }
    std::optional<bool> carriesExtended() const noexcept override { return carriesExtended_; }

    iso7816::ResponseApdu transmit(const iso7816::CommandApdu& command) override {
        expectSameLine();
        const auto answer = command.encoded().disclose(Disclosure::ToChip, [&](ByteView octets) {
            return line_->ask({relayOctet(RelayAsk::Transmit), octets}, patience_.toExchange);
        });
        if (answer.size() < 2) throw notUnderstood();
        const auto content = answer.subspan(2);
        return {Bytes(content.begin(), content.end()), iso7816::StatusWord{answer[0], answer[1]}};
    }

    void powerCycle() override {
        expectSameLine();
        readCard(line_->ask({relayOctet(RelayAsk::PowerCycle)}, patience_.toPower));
    }

private:
    void expectSameLine() const {
        if (line_->opened() == opened_) return;
        throw Failure{Fault::ReaderUnavailable, "the session with the card was lost"};
    }

    void readCard(ByteView answer) {
        if (answer.empty()) throw notUnderstood();
        carriesExtended_ = answer[0] == 2 ? std::nullopt : std::optional{answer[0] == 1};
        atr_.assign(answer.begin() + 1, answer.end());
    }

    std::shared_ptr<RelayedLine> line_;
    RelayPatience patience_;
    std::optional<std::uint32_t> opened_{};
    std::optional<bool> carriesExtended_{};
    Bytes atr_{};
};

}  // namespace

RelayedReader::RelayedReader(std::shared_ptr<RelayHub> hub, ReaderName shown, std::string name,
                             const RelayPatience& patience)
    : name_(std::move(shown)),
      line_(std::make_shared<RelayedLine>(std::move(hub), std::move(name))),
      patience_(patience) {}

Presence RelayedReader::presence() {
    return presenceIn(line_->ask({relayOctet(RelayAsk::Presence)}, patience_.toLook));
}

Presence RelayedReader::awaitChange(const Presence& known, milliseconds atMost) {
    const std::array<std::uint8_t, 1> state{static_cast<std::uint8_t>(known.state)};
    const auto limit = relayNumber(static_cast<std::uint32_t>(std::max(atMost, 0ms).count()));
    return presenceIn(
        line_->ask({relayOctet(RelayAsk::AwaitPresence), state, relayNumber(known.events), limit},
                   atMost + patience_.toLook));
}

std::unique_ptr<CardSession> RelayedReader::connect() {
    return std::make_unique<RelayedSession>(line_, patience_);
}

}  // namespace zegel::drivers
