#include "drivers/reader/relay/relayed_line.h"

#include "drivers/reader/reader.h"

#include <array>

namespace zegel::drivers {
namespace {

/// Throws what a failed answer tells.
void expectDone(ByteView answer) {
    if (!answer.empty() && answer[0] == static_cast<std::uint8_t>(RelayAnswer::Done)) return;
    if (answer.size() < 2 || answer[1] > static_cast<std::uint8_t>(Fault::Defect)) {
        throw Failure{Fault::Defect, "a reader's process answered what cannot be understood"};
    }
    if (answer[0] == static_cast<std::uint8_t>(RelayAnswer::ServiceGone)) {
        throw ServiceGone{textOf(answer.subspan(2))};
    }
    throw Failure{static_cast<Fault>(answer[1]), textOf(answer.subspan(2))};
}

}  // namespace

RelayHub::RelayHub(StartReaderHost start, const std::string& service)
    : start_(std::move(start)),
      service_(service.empty() ? "the PC/SC service" : "the PC/SC service " + service) {}

std::shared_ptr<ReaderHost> RelayHub::running() {
    if (!host_) host_ = start_();
    return host_;
}

RelayHub::Opened RelayHub::open(std::string_view reader) {
    const std::lock_guard alone{mutex_};
    auto host = running();
    auto [ours, theirs] = relaySocketPair();
    const auto number = ++lastNumber_;
    const bool told = relaySend(host->control(),
                                {relayOctet(RelayTell::Open), relayNumber(number), bytesOf(reader)},
                                theirs.number());
    if (told) return {std::move(host), number, std::move(ours)};
    host_.reset();
    throw ServiceGone{"the process at " + service_ + " has ended"};
}

void RelayHub::giveUp(const std::shared_ptr<ReaderHost>& host, const std::string& why) {
    {
        const std::lock_guard alone{mutex_};
        givenUp_ = host;  // before its lines are lost, so that they tell why
        givenUpBecause_ = why;
        if (host_ == host) host_.reset();
    }
    host->end();
}

std::string RelayHub::whyLost(const std::shared_ptr<ReaderHost>& host) {
    const std::lock_guard alone{mutex_};
    return host == givenUp_.lock() ? givenUpBecause_ : "the process at " + service_ + " has ended";
}

RelayedLine::RelayedLine(std::shared_ptr<RelayHub> hub, std::string reader)
    : hub_(std::move(hub)), reader_(std::move(reader)) {}

RelayedLine::~RelayedLine() {
    close();
}

void RelayedLine::open() {
    if (line_) return;
    auto opened = hub_->open(reader_);
    line_ = std::make_unique<RelayLine>(std::move(opened.socket));
    const std::lock_guard alone{mutex_};
    host_ = std::move(opened.host);
    number_ = opened.number;
    if (std::exchange(interrupted_, false)) {
        relaySend(host_->control(), {relayOctet(RelayTell::Interrupt), relayNumber(number_)});
    }
}

void RelayedLine::close() noexcept {
    line_.reset();
    const std::lock_guard alone{mutex_};
    host_.reset();
}

void RelayedLine::interrupt() noexcept {
    const std::lock_guard alone{mutex_};
    if (!host_) {
        interrupted_ = true;
        return;
    }
    relaySend(host_->control(), {relayOctet(RelayTell::Interrupt), relayNumber(number_)});
}

/// The process has ended, or only this line: the watch's own tells which.
void RelayedLine::loseHost() {
    const auto why = hub_->whyLost(host_);
    if (reader_.empty()) hub_->giveUp(host_, why);
    close();
    throw ServiceGone{why};
}

std::optional<std::uint32_t> RelayedLine::opened() const noexcept {
    return line_ ? std::optional{number_} : std::nullopt;
}

void RelayedLine::lose(const std::string& why) {
    close();
    throw Failure{Fault::ReaderUnavailable, why};
}

ByteView RelayedLine::ask(std::initializer_list<ByteView> question,
                          std::chrono::milliseconds within) {
    open();
    if (!line_->send(question)) loseHost();
    switch (line_->receive(within)) {
        case RelayLine::Came::Message: break;
        case RelayLine::Came::HungUp: loseHost();
        case RelayLine::Came::Late: {
            const auto why =
                hub_->service() + " did not answer within " +
                std::to_string(std::chrono::ceil<std::chrono::seconds>(within).count()) +
                " s; start pcscd again";
            // One reader may hang alone; when the service cannot even list its readers, all do.
            if (reader_.empty()) hub_->giveUp(host_, why);
            lose(why);
        }
    }
    const auto answer = line_->message();
    if (!answer.empty() && answer[0] == static_cast<std::uint8_t>(RelayAnswer::Hanging)) {
        const Bytes said{answer.begin(), answer.end()};
        close();
        expectDone(said);
    }
    expectDone(answer);
    return answer.subspan(1);
}

}  // namespace zegel::drivers
