#pragma once

#include "drivers/base/secret.h"
#include "drivers/pkcs11/cryptoki.h"
#include "drivers/pkcs11/module.h"
#include "drivers/pkcs11/pin_source.h"

#include <openssl/err.h>

#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace zegel::pkcs11 {

/// SoftHSM leaves OpenSSL errors of its own on our thread's queue; what happens inside a scope
/// of this is taken off again.
class QuietErrorQueue {
public:
    QuietErrorQueue() { ERR_set_mark(); }
    ~QuietErrorQueue() { ERR_pop_to_mark(); }
    QuietErrorQueue(const QuietErrorQueue&) = delete;
    QuietErrorQueue& operator=(const QuietErrorQueue&) = delete;
};

/// One session, for one thread at a time.
struct Session {
    const Cryptoki& cryptoki;
    CK_SESSION_HANDLE handle;
    unsigned generation;  ///< object handles found under another one are stale
};

/// The open sessions of one token: idle ones are kept, lost ones replaced. One more is held open
/// all the time, because a login ends with the last session.
class Sessions {
public:
    Sessions(std::shared_ptr<Module> module, std::string label, PinSource pin);
    ~Sessions();
    Sessions(const Sessions&) = delete;
    Sessions& operator=(const Sessions&) = delete;

    /// Runs `use` on a session of its own. When the token was lost, opens it anew and runs `use`
    /// once more, so `use` must be repeatable.
    template <typename Use>
    auto with(Use&& use) {
        const QuietErrorQueue quiet;
        const unsigned seen = generation();
        try {
            Lease lease{*this};
            return use(lease.session());
        } catch (const CallFailed& failed) {
            if (!meansLoss(failed.code())) throw;
        }
        reopen(seen);
        Lease lease{*this};
        return use(lease.session());
    }

    /// Runs `use` once, whatever happens: for what must not be done twice.
    template <typename Use>
    auto once(Use&& use) {
        ping();
        const QuietErrorQueue quiet;
        Lease lease{*this};
        return use(lease.session());
    }

    void ping();
    const std::string& label() const noexcept { return label_; }

private:
    class Lease {
    public:
        explicit Lease(Sessions& sessions) : sessions_(sessions), session_(sessions.borrow()) {}
        /// A call that failed may have left an operation active: such a session is closed.
        ~Lease() { sessions_.giveBack(session_, std::uncaught_exceptions() > exceptions_); }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        Session& session() noexcept { return session_; }

    private:
        int exceptions_ = std::uncaught_exceptions();
        Sessions& sessions_;
        Session session_;
    };

    Session borrow();
    void giveBack(const Session& session, bool spoiled) noexcept;
    unsigned generation();
    void reopen(unsigned generationSeen);
    void openAndLogIn();
    void closeAll() noexcept;
    CK_SESSION_HANDLE openSession() const;

    std::shared_ptr<Module> module_;
    std::string label_;
    PinSource pin_;
    std::mutex mutex_;
    CK_SLOT_ID slot_ = 0;
    std::optional<CK_SESSION_HANDLE> anchor_;
    std::vector<CK_SESSION_HANDLE> idle_;
    unsigned generation_ = 0;
    bool pinRefused_ = false;
};

/// Slot of the token with this label, if there is one. Errors: TokenUnavailable.
std::optional<CK_SLOT_ID> slotOfToken(const Cryptoki& cryptoki, const std::string& label);

/// A Cryptoki text field: padded with spaces, not terminated.
std::string textOfField(const CK_UTF8CHAR* field, std::size_t size);

}  // namespace zegel::pkcs11
