#pragma once

#include "drivers/reader/pcsc/pcsc_reader_watch.h"
#include "hwsim/doors/private_pcscd.h"
#include "hwsim/doors/vpcd_line.h"
#include "tests/bench/stopwatch.h"

#include <filesystem>
#include <memory>

namespace zegel::bench {

/// A private pcscd with one virtual reader, for this process and those it starts. One at a time,
/// and one socket a process: libpcsclite reads only once where its service is.
class PcscTable {
public:
    /// Errors: SettingUnusable, ReaderUnavailable.
    PcscTable();
    ~PcscTable();
    PcscTable(const PcscTable&) = delete;
    PcscTable& operator=(const PcscTable&) = delete;

    drivers::Reader& reader() noexcept { return *reader_; }
    const std::filesystem::path& folder() const noexcept { return folder_; }

    /// Returns when PC/SC has seen it. Errors: ReaderUnavailable.
    void insert(std::shared_ptr<hwsim::Chip> chip);
    void pull();

private:
    void await(drivers::Presence::State wanted);

    std::filesystem::path folder_;
    hwsim::PrivatePcscd pcscd_;
    std::unique_ptr<drivers::PcscReaderWatch> watch_;
    std::unique_ptr<drivers::Reader> reader_;
    std::unique_ptr<hwsim::VpcdLine> line_;
};

}  // namespace zegel::bench
