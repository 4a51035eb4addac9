#pragma once

#include "hwsim/chips/chip_timing.h"
#include "hwsim/doors/private_pcscd.h"
#include "hwsim/doors/vpcd_line.h"

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::hwsim {

struct PcscdBenchSettings {
    std::filesystem::path directory;
    std::vector<std::string> readers;  ///< their names, 1 to 16
    PcscdParts parts;
    /// How long a chip that was worked on has to be without power before the hopper swaps it.
    std::chrono::milliseconds rest{600};
    ChipTiming timing{};
};

/// Virtual readers in a real pcscd, with a hopper of blanks above and a stack of finished cards
/// below each. All chip files stay in "DIRECTORY/chips". Used by one thread.
///
/// Readers are named by their number from 1, by the name given or by the name PC/SC shows.
/// Errors of the members that take a reader or a chip file: RequestRefused saying why.
class PcscdBench {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    /// Starts pcscd and waits until every reader is there. Errors: as PrivatePcscd.
    explicit PcscdBench(PcscdBenchSettings settings);
    ~PcscdBench();
    PcscdBench(const PcscdBench&) = delete;
    PcscdBench& operator=(const PcscdBench&) = delete;

    std::filesystem::path pcscSocket() const { return pcscd_.socket(); }
    pid_t pcscdProcess() const noexcept { return pcscd_.process(); }

    /// Puts a chip in; `chip` is a path or the name of a file in "chips" without ".chip".
    /// Returns when PC/SC has seen it.
    void insert(std::string_view reader, const std::string& chip);
    /// Takes the card out onto the reader's stack. Returns when PC/SC has seen it.
    void pull(std::string_view reader);
    /// As `pull`, and the next of the hopper goes in.
    void eject(std::string_view reader);
    /// Cards that go into this reader answer no reset, or do again.
    void setMute(std::string_view reader, bool mute);
    /// Makes blanks and lays them in the hopper; the first goes in when the reader is empty.
    void load(std::string_view reader, int count, const std::string& model,
              std::optional<std::uint32_t> firstSerial = std::nullopt);

    /// pcscd ends, orderly or as kill -9 does it, and starts again with the cards still in.
    void stopService(bool abruptly);
    void startService();

    /// Lines for people and scripts: reader, card, exchanges, hopper, stack.
    std::string list();

    /// Readable when `attend` should be called.
    int notices() const noexcept { return notices_; }
    int rested() const noexcept { return rested_; }
    /// When `attend` should be called at the latest.
    std::optional<SteadyTime> due() const;
    /// Takes in what happened, and swaps the cards that are finished.
    void attend();

private:
    struct Berth {
        std::string name{};
        std::string shownName{};
        std::filesystem::path file{};  ///< of the card in it; empty when there is none
        std::unique_ptr<VpcdLine> line{};
        std::uint64_t changesBefore = 0;
        bool workedOn = false;  ///< before the service was last started again
        bool ready = false;
        bool seen = false;      ///< PC/SC's word: there is a card
        bool swapping = false;  ///< the next one goes in when PC/SC has seen this one leave
        std::deque<std::filesystem::path> hopper{};
        std::vector<std::filesystem::path> stack{};
    };

    Berth& berthNamed(std::string_view reader);
    std::filesystem::path chipFile(const std::string& chip) const;
    void connect(Berth& berth, const std::filesystem::path& file);
    void takeOut(Berth& berth);
    void feed(Berth& berth);
    bool isWorkedOn(const Berth& berth) const;
    bool isFinished(const Berth& berth) const;
    void readNotices();
    template <typename Condition>
    void await(Condition condition, const std::string& what);
    void startPcscd();

    PcscdBenchSettings settings_;
    PrivatePcscd pcscd_;
    std::vector<Berth> berths_{};
    int notices_ = -1;
    int rested_ = -1;
};

}  // namespace zegel::hwsim
