#pragma once

#include "drivers/base/openssl.h"
#include "station/authority/cmp_authority.h"
#include "station/authority/cmp_lines.h"

#include <openssl/cmp.h>

#include <chrono>
#include <memory>
#include <string>

namespace zegel::station {

/// One CMP transaction with the CA: OpenSSL's client context, set up to send over our lines, sign
/// as the registration authority and believe only the CA, and what went wrong in it. Used by one
/// thread at a time.
class CmpExchange {
public:
    /// `below`: what is appended to the CA's path. Errors: Defect.
    CmpExchange(const AuthoritySettings& settings, CmpLines& lines, std::string below);
    ~CmpExchange();
    CmpExchange(const CmpExchange&) = delete;
    CmpExchange& operator=(const CmpExchange&) = delete;

    OSSL_CMP_CTX* context() const noexcept { return context_.get(); }

    /// Runs `use`, which calls OpenSSL's client, and keeps what it says meanwhile on this thread.
    template <typename Use>
    auto run(Use&& use) {
        const Listening listening{*this};
        return use(context_.get());
    }

    /// Whether the CA said no with this bit of PKIFailureInfo.
    bool saidNoWith(int failInfoBit) const;

    /// Whether anything left the house.
    bool sentAnything() const noexcept { return sent_ > 0; }

    /// Whether the CA said no to the request itself, so that nothing was or will be issued for it:
    /// as the first thing it said or as its final verdict, and not for want of memory of its own.
    bool refusedForGood() const;

    /// Whether the other side speaks CMP and protects what it says, or says by a bare error that
    /// it does not take such a message.
    bool isBelieved() const;

    /// Whether a CMP message came back, whatever it said. Not when ours could not even be signed.
    bool isAnswered() const noexcept { return !answer_.empty(); }

    /// The name of a CA that answers below the roots in the settings, and that they leave out;
    /// empty when there is none.
    const std::string& issuerLeftOut() const noexcept { return issuerLeftOut_; }

    /// The CA "…", and it is not asked on.
    void gaveUp(const std::string& why) { lineProblem_ = "the CA at " + lines_.url() + " " + why; }

    const CmpLines& lines() const noexcept { return lines_; }

    /// What went wrong, as AuthorityUnavailable or AuthorityRefused. `doing`: "asking for the
    /// authenticity certificate".
    Failure failure(const std::string& doing) const;

private:
    /// OpenSSL's log and error queue go into this exchange while it runs.
    class Listening {
    public:
        explicit Listening(CmpExchange& exchange);
        ~Listening();
        Listening(const Listening&) = delete;
        Listening& operator=(const Listening&) = delete;
    };

    static OSSL_CMP_MSG* transfer(OSSL_CMP_CTX* context, const OSSL_CMP_MSG* request);
    static int judgeSigner(int ok, X509_STORE_CTX* chain);
    static int listen(const char*, const char*, int, OSSL_CMP_severity, const char* words);

    OSSL_CMP_MSG* send(const OSSL_CMP_MSG& request);
    Bytes sendRepeatedly(ByteView message, int bodyType);
    Bytes exchanged(ByteView message, int bodyType);
    bool mayRepeat(AtStop atStop, std::chrono::steady_clock::time_point begun) const;
    X509_STORE* makeStore();
    bool mayProtect(X509* signer) const;
    /// OpenSSL passes over a signer that is out of date without a word: its name, or nothing.
    std::string expiredSigner() const;

    using ContextPtr = std::unique_ptr<OSSL_CMP_CTX, openssl::Freed<OSSL_CMP_CTX_free>>;

    const AuthoritySettings& settings_;
    CmpLines& lines_;
    std::string below_;
    ContextPtr context_;
    int sent_ = 0;                   ///< messages that may have reached the CA
    int lastAnswer_ = -1;            ///< the PKIBody of what came back last
    Bytes answer_;                   ///< the last CMP message of the CA
    std::string lineProblem_;        ///< nothing came back, or nothing that is CMP
    std::string protectionProblem_;  ///< what came back cannot be believed
    std::string words_;              ///< OpenSSL's own
    std::string issuerLeftOut_;
};

}  // namespace zegel::station
