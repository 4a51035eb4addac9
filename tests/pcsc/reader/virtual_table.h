#pragma once

#include "drivers/reader/pcsc/pcsc_reader_watch.h"
#include "hwsim/chips/piv_chip.h"
#include "hwsim/doors/pcscd_bench.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

namespace zegel::drivers {

/// A private pcscd with two virtual readers and a blank chip file for each.
class VirtualTable : public testing::Test {
protected:
    VirtualTable() {
        ::setenv("PCSCLITE_CSOCK_NAME", bench.pcscSocket().c_str(), 1);
        for (const auto* chip : {"one", "two"}) {
            const auto serial = chip == std::string{"one"} ? 0x11111111U : 0x22222222U;
            hwsim::saveChipFile(folder / "chips" / (std::string{chip} + ".chip"),
                                hwsim::blankMemory(hwsim::pivModelNamed("5.7"), serial));
        }
    }

    ~VirtualTable() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }

    static std::filesystem::path madeFolder() {
        std::string name = "/tmp/zegel-pcsc-XXXXXX";
        return ::mkdtemp(name.data());
    }

    /// The bench returns when the virtual reader has been looked at; pcscd tells its clients a
    /// moment later.
    static Presence settled(Reader& reader, Presence::State wanted) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        auto now = reader.presence();
        while (now.state != wanted && std::chrono::steady_clock::now() < deadline) {
            now = reader.awaitChange(now, std::chrono::seconds{1});
        }
        EXPECT_EQ(now.state, wanted);
        return now;
    }

    const std::filesystem::path folder = madeFolder();
    hwsim::PcscdBench bench{{.directory = folder,
                             .readers = {"Left", "Right"},
                             .parts = {.oneSlotHandler = ZEGEL_ONE_SLOT_HANDLER}}};
    PcscReaderWatch watch;
    ReaderName left{"Left 00 00"};
};

inline std::string failure(Fault expected, const std::function<void()>& act) {
    try {
        act();
    } catch (const Failure& thrown) {
        EXPECT_EQ(thrown.fault(), expected) << thrown.what();
        return thrown.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return {};
}

}  // namespace zegel::drivers
