#pragma once

#include "drivers/base/ids.h"
#include "drivers/reader/pcsc/pcsc_context.h"
#include "drivers/reader/reader.h"

namespace zegel::drivers {

/// One reader slot of pcscd.
class PcscReader final : public Reader {
public:
    explicit PcscReader(ReaderName name);

    const ReaderName& name() const noexcept override { return name_; }
    Presence presence() override;
    Presence awaitChange(const Presence& known, std::chrono::milliseconds atMost) override;
    void interrupt() noexcept override { context_->interrupt(); }
    std::unique_ptr<CardSession> connect() override;

private:
    Presence look();
    LONG awaitReader(DWORD& state, std::chrono::milliseconds atMost);
    LONG awaitReturn(std::chrono::milliseconds atMost);

    ReaderName name_;
    std::shared_ptr<PcscContext> context_;  ///< shared with its sessions
};

/// The special reader whose state changes when readers come and go.
inline constexpr const char* PlugAndPlay = R"(\\?PnP?\Notification)";

/// Readers are looked at again at least this often, because pcsc-lite before 2.3 tells of a
/// change only when it falls into the wait, and never of one reader taking the place of another.
inline constexpr std::chrono::milliseconds LookAgain{2000};

}  // namespace zegel::drivers
