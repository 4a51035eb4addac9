#pragma once

#include "drivers/base/failure.h"

#include <winscard.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

namespace zegel::drivers {

/// What a PC/SC error means to us. `doing` ends the sentence "cannot … ": "read reader X".
Failure failureOf(LONG error, const std::string& doing);

/// Whether an error says that the service, or our line to it, is gone.
bool isServiceGone(LONG error) noexcept;

/// One line to the PC/SC service, for one thread; made when first needed, and again after the
/// service was gone. Only `interrupt` may be called from another thread.
class PcscContext {
public:
    PcscContext() = default;
    ~PcscContext();
    PcscContext(const PcscContext&) = delete;
    PcscContext& operator=(const PcscContext&) = delete;

    /// Errors: ReaderUnavailable when the service is not there.
    SCARDCONTEXT handle();

    /// Throws what `error` means, and lets go of the line when the service is gone.
    [[noreturn]] void fail(LONG error, const std::string& doing);

    /// SCardGetStatusChange for one reader: SCARD_S_SUCCESS, SCARD_E_TIMEOUT, SCARD_E_CANCELLED
    /// (an `interrupt`, used up by this), SCARD_E_UNKNOWN_READER. Errors: ReaderUnavailable.
    LONG await(SCARD_READERSTATE& state, std::chrono::milliseconds atMost);

    /// Ends the wait under way, or the next one.
    void interrupt() noexcept;

private:
    void release() noexcept;
    bool beginWait(SCARDCONTEXT context);
    bool endWait();

    std::optional<SCARDCONTEXT> handle_;

    std::mutex mutex_;
    std::condition_variable waitEnded_;
    bool interrupted_ = false;
    std::optional<SCARDCONTEXT> waiting_;
};

}  // namespace zegel::drivers
