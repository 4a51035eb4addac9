#pragma once

#include "drivers/reader/reader.h"

namespace zegel::drivers {

class PcscContext;

/// The readers that the machine's PC/SC service (pcscd) knows. The environment variable
/// PCSCLITE_CSOCK_NAME picks another service; libpcsclite reads it once for the whole process.
///
/// When the service stops, every verb throws ReaderUnavailable until it is there again; nothing
/// has to be made anew. A watch and each of its readers has a context of its own.
class PcscReaderWatch final : public ReaderWatch {
public:
    PcscReaderWatch();
    ~PcscReaderWatch() override;
    PcscReaderWatch(const PcscReaderWatch&) = delete;
    PcscReaderWatch& operator=(const PcscReaderWatch&) = delete;

    std::vector<ReaderName> readers() override;
    void awaitChange(std::chrono::milliseconds atMost) override;
    void interrupt() noexcept override;
    std::unique_ptr<Reader> reader(const ReaderName& name) override;

private:
    std::unique_ptr<PcscContext> context_;
    std::vector<ReaderName> told_;  ///< what `readers` said last
};

}  // namespace zegel::drivers
