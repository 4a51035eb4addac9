#pragma once

#include "drivers/reader/reader.h"
#include "drivers/reader/relay/reader_host.h"

namespace zegel::drivers {

class RelayHub;

/// How long a service may take before it is taken to hang.
struct RelayPatience {
    std::chrono::milliseconds toLook = std::chrono::seconds{20};  ///< milliseconds, when it is well
    std::chrono::milliseconds toPower =
        std::chrono::seconds{60};  ///< with all tries a reader makes
    /// The slowest chip known makes an RSA-4096 key in 235 s.
    std::chrono::milliseconds toExchange = std::chrono::seconds{330};
};

/// Readers that another process serves. When that process ends or hangs, every verb throws
/// ReaderUnavailable, and the next one starts another; nothing has to be made anew.
class RelayedReaderWatch final : public ReaderWatch {
public:
    /// `service` names the PC/SC service for people: "left table". Unless it is empty it stands in
    /// front of every reader's name, because two services give the same names: "left table/Reader
    /// X".
    RelayedReaderWatch(StartReaderHost start, const std::string& service,
                       RelayPatience patience = {});
    ~RelayedReaderWatch() override;
    RelayedReaderWatch(const RelayedReaderWatch&) = delete;
    RelayedReaderWatch& operator=(const RelayedReaderWatch&) = delete;

    std::vector<ReaderName> readers() override;
    void awaitChange(std::chrono::milliseconds atMost) override;
    void interrupt() noexcept override;
    std::unique_ptr<Reader> reader(const ReaderName& name) override;

private:
    std::shared_ptr<RelayHub> hub_;
    std::unique_ptr<class RelayedLine> line_;
    std::string prefix_;
    RelayPatience patience_;
};

}  // namespace zegel::drivers
