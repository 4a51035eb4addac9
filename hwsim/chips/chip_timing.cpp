#include "hwsim/chips/chip_timing.h"

#include "drivers/base/failure.h"
#include "hwsim/chips/command_frame.h"

#include <thread>
#include <utility>

namespace zegel::hwsim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t FastLine = 26'000;
constexpr std::uint8_t GenerateKey = 0x47;

/// Algorithm identifiers of SP 800-78-5, table 5, and of the administration extension.
std::chrono::milliseconds keyMaking(std::uint8_t algorithm) {
    switch (algorithm) {
        case 0x05: return 26'900ms;  // RSA-3072
        case 0x07: return 10'000ms;  // RSA-2048
        case 0x11: return 157ms;     // P-256
        case 0x14: return 315ms;     // P-384
        case 0x16: return 56'800ms;  // RSA-4096
        default: return 0ms;
    }
}

/// GENERATE ASYMMETRIC KEY PAIR asks for it in AC { 80 algorithm } (SP 800-73-5 part 2, 3.3.2).
std::chrono::milliseconds keyMadeBy(ByteView command) {
    const auto frame = readCommand(command);
    if (!frame || frame->ins != GenerateKey || frame->data.size() < 5) return 0ms;
    const auto& rule = frame->data;
    return rule[0] == 0xAC && rule[2] == 0x80 && rule[3] == 1 ? keyMaking(rule[4]) : 0ms;
}

class SlowChip final : public Chip {
public:
    SlowChip(std::shared_ptr<Chip> chip, const ChipTiming& timing)
        : chip_(std::move(chip)), timing_(timing) {}

    const std::string& serial() const noexcept override { return chip_->serial(); }
    Bytes atr() const override { return chip_->atr(); }
    void powerOn() override { chip_->powerOn(); }
    void powerOff() noexcept override { chip_->powerOff(); }
    std::uint64_t changes() const noexcept override { return chip_->changes(); }

    Bytes exchange(ByteView command) override {
        const auto began = std::chrono::steady_clock::now();
        auto answer = chip_->exchange(command);
        std::this_thread::sleep_until(began + timing_.takes(command, answer.size()));
        return answer;
    }

private:
    std::shared_ptr<Chip> chip_;
    ChipTiming timing_;
};

}  // namespace

ChipTiming ChipTiming::named(std::string_view name) {
    ChipTiming timing;
    if (name == "typical") timing.octetsPerSecond_ = FastLine;
    if (name == "typical" || name == "none") return timing;
    throw Failure{Fault::RequestRefused,
                  "there is no timing \"" + std::string{name} + "\"; take none or typical"};
}

std::chrono::microseconds ChipTiming::takes(ByteView command, std::size_t answerSize) const {
    if (none()) return {};
    const std::chrono::microseconds line{(command.size() + answerSize) * 1'000'000 /
                                         octetsPerSecond_};
    return line + keyMadeBy(command);
}

std::shared_ptr<Chip> takingItsTime(std::shared_ptr<Chip> chip, const ChipTiming& timing) {
    if (timing.none()) return chip;
    return std::make_shared<SlowChip>(std::move(chip), timing);
}

}  // namespace zegel::hwsim
