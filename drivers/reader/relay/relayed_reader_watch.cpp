#include "drivers/reader/relay/relayed_reader_watch.h"

#include "drivers/reader/relay/relayed_reader.h"

#include <algorithm>
#include <array>

namespace zegel::drivers {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

}  // namespace

RelayedReaderWatch::RelayedReaderWatch(StartReaderHost start, const std::string& service,
                                       RelayPatience patience)
    : hub_(std::make_shared<RelayHub>(std::move(start), service)),
      line_(std::make_unique<RelayedLine>(hub_, "")),
      prefix_(service.empty() ? "" : service + "/"),
      patience_(patience) {}

RelayedReaderWatch::~RelayedReaderWatch() = default;

std::vector<ReaderName> RelayedReaderWatch::readers() {
    auto left = line_->ask({relayOctet(RelayAsk::Readers)}, patience_.toLook);
    std::vector<ReaderName> names;
    while (!left.empty()) {
        const auto end = std::ranges::find(left, std::uint8_t{0});
        const auto length = static_cast<std::size_t>(end - left.begin());
        names.emplace_back(prefix_ + textOf(left.first(length)));
        left = left.subspan(std::min(length + 1, left.size()));
    }
    return names;
}

void RelayedReaderWatch::awaitChange(milliseconds atMost) {
    const auto limit = relayNumber(static_cast<std::uint32_t>(std::max(atMost, 0ms).count()));
    line_->ask({relayOctet(RelayAsk::AwaitReaders), limit}, atMost + patience_.toLook);
}

void RelayedReaderWatch::interrupt() noexcept {
    line_->interrupt();
}

std::unique_ptr<Reader> RelayedReaderWatch::reader(const ReaderName& name) {
    auto own = name.value();
    if (own.starts_with(prefix_)) own.erase(0, prefix_.size());
    return std::make_unique<RelayedReader>(hub_, name, std::move(own), patience_);
}

}  // namespace zegel::drivers
