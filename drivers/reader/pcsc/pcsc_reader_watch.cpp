#include "drivers/reader/pcsc/pcsc_reader_watch.h"

#include "drivers/reader/pcsc/pcsc_context.h"
#include "drivers/reader/pcsc/pcsc_reader.h"

#include <algorithm>
#include <string_view>

namespace zegel::drivers {
namespace {

using Steady = std::chrono::steady_clock;

/// Names one after another, each with a zero behind it, and one more zero.
std::vector<ReaderName> namesIn(std::string_view list) {
    std::vector<ReaderName> names;
    while (!list.empty() && list.front() != '\0') {
        const auto end = std::min(list.find('\0'), list.size());
        names.emplace_back(std::string{list.substr(0, end)});
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return names;
}

}  // namespace

PcscReaderWatch::PcscReaderWatch() : context_(std::make_unique<PcscContext>()) {}

PcscReaderWatch::~PcscReaderWatch() = default;

std::vector<ReaderName> PcscReaderWatch::readers() {
    std::string list;
    while (true) {
        DWORD length = 0;
        const auto context = context_->handle();
        auto result = SCardListReaders(context, nullptr, nullptr, &length);
        if (result == SCARD_S_SUCCESS) {
            list.resize(length);
            result = SCardListReaders(context, nullptr, list.data(), &length);
        }
        // One more came between the two calls.
        if (result == SCARD_E_INSUFFICIENT_BUFFER) continue;
        if (result == SCARD_E_NO_READERS_AVAILABLE)
            length = 0;
        else if (result != SCARD_S_SUCCESS)
            context_->fail(result, "list the readers");
        list.resize(length);
        break;
    }
    told_ = namesIn(list);
    return told_;
}

void PcscReaderWatch::awaitChange(std::chrono::milliseconds atMost) {
    const auto deadline = Steady::now() + atMost;
    const auto known = told_;
    while (known == readers()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now());
        if (left.count() <= 0) return;
        // Alone in its call: sixteen readers and this one are one too many for pcsc-lite.
        SCARD_READERSTATE state{};
        state.szReader = PlugAndPlay;
        if (context_->await(state, std::min(left, LookAgain)) == SCARD_E_CANCELLED) return;
    }
}

void PcscReaderWatch::interrupt() noexcept {
    context_->interrupt();
}

std::unique_ptr<Reader> PcscReaderWatch::reader(const ReaderName& name) {
    return std::make_unique<PcscReader>(name);
}

}  // namespace zegel::drivers
