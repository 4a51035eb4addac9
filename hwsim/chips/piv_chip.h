#pragma once

#include "hwsim/chips/chip.h"
#include "hwsim/chips/command_frame.h"
#include "hwsim/chips/piv_memory.h"

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

namespace zegel::hwsim {

/// A PIV card application (NIST SP 800-73-4 parts 1 and 2) with the widely deployed
/// administration extension, as its model has it. The touch sensor is always touched.
class PivChip final : public Chip {
public:
    /// With `file`, every change is on disk before the command is answered.
    explicit PivChip(PivMemory memory, std::optional<std::filesystem::path> file = std::nullopt);

    const std::string& serial() const noexcept override { return serial_; }
    Bytes atr() const override;
    void powerOn() override;
    void powerOff() noexcept override;
    Bytes exchange(ByteView command) override;
    std::uint64_t changes() const noexcept override { return changes_; }

    /// What is on the silicon now, for whoever judges a test.
    const PivMemory& memory() const noexcept { return memory_; }

private:
    /// Lost at each reset.
    struct Session {
        bool selected = false;
        bool pinVerified = false;
        bool pinFresh = false;  ///< verified and not yet used for a key that always asks
        bool management = false;
        Bytes witness{};    ///< plain, while the host has to send it back
        Bytes challenge{};  ///< plain, while the host has to send it encrypted
        std::optional<CommandFrame> chain{};
        Bytes remainder{};  ///< of the last answer, for GET RESPONSE
    };

    // piv_chip.cpp: the frame of every command
    Answer respond(ByteView octets);
    std::optional<Answer> joinChain(CommandFrame& frame);
    Answer cut(Answer whole, std::size_t expected);
    Answer perform(const CommandFrame& frame);
    std::optional<Answer> performExtension(const CommandFrame& frame);
    Answer select(const CommandFrame& frame);
    void forgetStatus();

    // piv_codes.cpp: PIN and PUK
    Answer verify(const CommandFrame& frame);
    Answer changeReference(const CommandFrame& frame);
    Answer resetRetryCounter(const CommandFrame& frame);
    Answer setRetries(const CommandFrame& frame);
    std::optional<Status> compare(Code& code, ByteView presented);
    std::optional<Status> refusalOf(ByteView newCode) const;

    // piv_authenticate.cpp: GENERAL AUTHENTICATE
    Answer generalAuthenticate(const CommandFrame& frame);
    Answer authenticateManagement(const CommandFrame& frame);
    Answer useKey(const CommandFrame& frame);
    std::optional<Status> refusalToUse(const StoredKey& key);

    // piv_keys.cpp: keys coming and going
    Answer generate(const CommandFrame& frame);
    Answer importKey(const CommandFrame& frame);
    Answer setManagementKey(const CommandFrame& frame);
    Answer moveKey(const CommandFrame& frame);
    Answer attestKey(const CommandFrame& frame);
    Answer metadata(const CommandFrame& frame) const;
    Answer resetAll();
    bool isKeySlot(std::uint8_t reference) const noexcept;
    bool knowsAlgorithm(std::uint8_t algorithm) const noexcept;

    // piv_objects.cpp: GET DATA and PUT DATA
    Answer getData(const CommandFrame& frame) const;
    Answer putData(const CommandFrame& frame);

    void remember() noexcept {
        changed_ = true;
        ++changes_;
    }

    PivMemory memory_;
    std::optional<std::filesystem::path> file_;
    std::string serial_;
    Session session_{};
    bool powered_ = false;
    bool changed_ = false;
    std::atomic<std::uint64_t> changes_{0};
};

/// The chip of a file; the file follows every change.
/// Errors: SettingUnusable naming the file.
std::shared_ptr<PivChip> pivChipFromFile(const std::filesystem::path& file);

/// A chip as it leaves the factory, kept in memory only. The model is as in `pivModelNamed`.
/// Errors: SettingUnusable when there is no such model.
std::shared_ptr<PivChip> blankPivChip(std::string_view model, std::uint32_t serial);

}  // namespace zegel::hwsim
