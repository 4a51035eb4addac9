#pragma once

#include "drivers/reader/relay/relay_wire.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

namespace zegel::drivers {

/// Where readers are served (`serveReaders`), for as long as this lives.
class ReaderHost {
public:
    virtual ~ReaderHost() = default;
    ReaderHost(const ReaderHost&) = delete;
    ReaderHost& operator=(const ReaderHost&) = delete;

    /// The station's end of the control socket.
    virtual int control() const noexcept = 0;
    /// Ends it at once, whatever it does; every line to it hangs up.
    virtual void end() noexcept = 0;

protected:
    ReaderHost() = default;
};

/// Makes a host; called again when the last one has ended. Errors: ReaderUnavailable.
using StartReaderHost = std::function<std::unique_ptr<ReaderHost>()>;

/// The program `zegel-readers` as a process of its own, at one PC/SC service.
class ReaderProcess final : public ReaderHost {
public:
    /// `service` is what PCSCLITE_CSOCK_NAME says; nothing: the system's own.
    /// Errors: ReaderUnavailable when it cannot be started.
    ReaderProcess(const std::filesystem::path& program, const std::optional<std::string>& service);
    /// Closes the control socket and waits for the process; kills it when it hangs.
    ~ReaderProcess() override;
    ReaderProcess(const ReaderProcess&) = delete;
    ReaderProcess& operator=(const ReaderProcess&) = delete;

    int control() const noexcept override { return control_.number(); }
    void end() noexcept override;
    pid_t process() const noexcept { return process_; }

private:
    RelaySocket control_{};
    pid_t process_ = -1;
};

/// The descriptor at which the program finds its control socket.
inline constexpr int ReaderControl = 3;
/// What the program is called with, so that an older one is never spoken to after an upgrade.
inline constexpr const char* RelayWire = "--wire=2";
/// How long sessions may take to end when the station has gone.
inline constexpr std::chrono::seconds ReaderTimeToEnd{5};

}  // namespace zegel::drivers
