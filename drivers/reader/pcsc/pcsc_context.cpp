#include "drivers/reader/pcsc/pcsc_context.h"

#include "drivers/reader/reader.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace zegel::drivers {
namespace {

/// How often a cancellation is repeated while the wait has not ended.
constexpr std::chrono::milliseconds CancelAgain{5};

}  // namespace

bool isServiceGone(LONG error) noexcept {
    return error == SCARD_E_NO_SERVICE || error == SCARD_E_SERVICE_STOPPED ||
           error == SCARD_E_INVALID_HANDLE || error == SCARD_F_COMM_ERROR ||
           error == SCARD_F_INTERNAL_ERROR;
}

Failure failureOf(LONG error, const std::string& doing) {
    const auto because = [&](Fault fault, const std::string& why) {
        return Failure{fault,
                       "cannot " + doing + ": " + why + " (" + pcsc_stringify_error(error) + ")"};
    };
    if (isServiceGone(error)) {
        return because(Fault::ReaderUnavailable,
                       "the PC/SC service is not running or was restarted; start pcscd");
    }
    switch (error) {
        case SCARD_E_NO_SMARTCARD:
        case SCARD_W_REMOVED_CARD: return because(Fault::CardPulled, "there is no card in it");
        case SCARD_W_RESET_CARD:
            return because(Fault::CardPulled, "another program reset the card");
        case SCARD_W_UNRESPONSIVE_CARD:
        case SCARD_W_UNPOWERED_CARD:
        case SCARD_W_UNSUPPORTED_CARD:
        case SCARD_E_CARD_UNSUPPORTED:
        case SCARD_E_PROTO_MISMATCH:
            return because(Fault::CardPulled,
                           "the card is mute; see that it lies the right way round, or take "
                           "another card");
        case SCARD_E_SHARING_VIOLATION:
            return because(Fault::ReaderUnavailable,
                           "another program uses the card; close it (a browser, gpg-agent, "
                           "sssd)");
        default:
            return because(Fault::ReaderUnavailable, "the reader is gone or broken; see its cable");
    }
}

PcscContext::~PcscContext() {
    release();
}

void PcscContext::release() noexcept {
    if (handle_) SCardReleaseContext(*handle_);
    handle_.reset();
}

SCARDCONTEXT PcscContext::handle() {
    if (handle_) return *handle_;
    SCARDCONTEXT made = 0;
    const auto error = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &made);
    if (error != SCARD_S_SUCCESS) fail(error, "reach the readers");
    handle_ = made;
    return made;
}

void PcscContext::fail(LONG error, const std::string& doing) {
    if (!isServiceGone(error)) throw failureOf(error, doing);
    release();
    throw ServiceGone{failureOf(error, doing).what()};
}

LONG PcscContext::await(SCARD_READERSTATE& state, std::chrono::milliseconds atMost) {
    const auto context = handle();
    if (!beginWait(context)) return SCARD_E_CANCELLED;
    const auto timeout = static_cast<DWORD>(std::max<std::int64_t>(0, atMost.count()));
    auto result = SCardGetStatusChange(context, timeout, &state, 1);
    if (endWait()) result = SCARD_E_CANCELLED;
    switch (result) {
        case SCARD_S_SUCCESS:
        case SCARD_E_TIMEOUT:
        case SCARD_E_CANCELLED:
        case SCARD_E_UNKNOWN_READER: return result;
        case SCARD_E_READER_UNAVAILABLE: return SCARD_E_UNKNOWN_READER;
        default: fail(result, "watch the readers");
    }
}

bool PcscContext::beginWait(SCARDCONTEXT context) {
    const std::scoped_lock lock{mutex_};
    if (std::exchange(interrupted_, false)) return false;
    waiting_ = context;
    return true;
}

bool PcscContext::endWait() {
    const std::scoped_lock lock{mutex_};
    waiting_.reset();
    waitEnded_.notify_all();
    return std::exchange(interrupted_, false);
}

void PcscContext::interrupt() noexcept {
    std::unique_lock lock{mutex_};
    interrupted_ = true;
    // A cancellation that arrives before the service has begun to wait is lost.
    while (waiting_ && interrupted_) {
        SCardCancel(*waiting_);
        waitEnded_.wait_for(lock, CancelAgain);
    }
}

}  // namespace zegel::drivers
