#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace zegel::hwsim {

/// Where the parts of Debian's packages stand.
struct PcscdParts {
    std::filesystem::path pcscd = "/usr/sbin/pcscd";
    std::filesystem::path vpcd = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
    std::filesystem::path oneSlotHandler;  ///< ours, see one_slot_handler.cpp
};

/// A real pcscd of our own, with virtual readers only, on a socket of its own. Runs beside the
/// machine's and as an ordinary user; several may run side by side.
class PrivatePcscd {
public:
    /// Prepares `directory` (made when missing, short enough for a socket's path) for readers
    /// of these names; starts nothing. PC/SC shows them as "NAME 00 00", "NAME 01 00" and so on.
    /// Errors: SettingUnusable naming what is missing.
    PrivatePcscd(const std::filesystem::path& directory, std::vector<std::string> readerNames,
                 PcscdParts parts);
    /// Stops it and removes the files it needed.
    ~PrivatePcscd();
    PrivatePcscd(const PrivatePcscd&) = delete;
    PrivatePcscd& operator=(const PrivatePcscd&) = delete;

    /// Clients may connect from now on; their first call waits until the readers are there.
    /// Errors: ReaderUnavailable when it cannot be started.
    void start();
    /// Asks it to end and waits; `abruptly` as kill -9 does it.
    void stop(bool abruptly = false) noexcept;
    bool isRunning() noexcept;

    /// What clients put into PCSCLITE_CSOCK_NAME.
    std::filesystem::path socket() const { return directory_ / "pcscd.comm"; }
    /// Where the one-slot handler sends its datagrams: "1 ready", "1 present", "1 absent".
    std::filesystem::path notices() const { return directory_ / "readers" / "notices"; }
    /// By reader, from 0: a file that makes its cards mute while it is there.
    std::filesystem::path muteMark(std::size_t reader) const {
        return directory_ / "readers" / (std::to_string(reader + 1) + ".mute");
    }
    /// By reader, from 0: pcscd looks for its card at once, instead of within 400 ms.
    void wake(std::size_t reader) const noexcept;
    pid_t process() const noexcept { return process_; }
    /// By reader, from 0: where a VpcdLine connects.
    std::uint16_t port(std::size_t reader) const { return ports_.at(reader); }

private:
    void writeReaders();
    int listen() const;

    std::filesystem::path directory_;
    std::vector<std::string> names_;
    PcscdParts parts_;
    std::vector<std::uint16_t> ports_{};
    pid_t process_ = -1;
};

}  // namespace zegel::hwsim
