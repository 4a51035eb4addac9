#pragma once

#include "drivers/reader/relay/relayed_line.h"
#include "drivers/reader/relay/relayed_reader_watch.h"

namespace zegel::drivers {

/// One reader of a RelayedReaderWatch.
class RelayedReader final : public Reader {
public:
    /// `shown` is its name in this house, `name` the one that its service gives it.
    RelayedReader(std::shared_ptr<RelayHub> hub, ReaderName shown, std::string name,
                  const RelayPatience& patience);

    const ReaderName& name() const noexcept override { return name_; }
    Presence presence() override;
    Presence awaitChange(const Presence& known, std::chrono::milliseconds atMost) override;
    void interrupt() noexcept override { line_->interrupt(); }
    std::unique_ptr<CardSession> connect() override;

private:
    ReaderName name_;
    std::shared_ptr<RelayedLine> line_;
    RelayPatience patience_;
};

}  // namespace zegel::drivers
