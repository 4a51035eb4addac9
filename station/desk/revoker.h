#pragma once

#include "cardprofiles/profile_file.h"
#include "station/authority/authority.h"
#include "station/ledger/ledger.h"

#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

namespace zegel::station {

/// A certificate about which the station and the CA are not at one yet.
struct OpenMatter {
    enum class Kind {
        InDoubt,           ///< asked for, the answer was lost: it may have been issued
        RevocationWanted,  ///< issued, and must not live
        NotInCrl  ///< revoked, says the CA; its CRL does not show it, or for another reason
    };

    Kind kind{};
    OrderId order;
    Purpose purpose{};
    std::string reference;  ///< of a doubt the transaction, of a revocation the serial, hexadecimal
    std::string said;       ///< what came of the last try; empty before the first
    int refusals = 0;       ///< how often the CA said no to it since the station started
    std::optional<TimePoint> nextTry;  ///< after it failed, unless the CA as a whole is waited for
    CertificateRow row = 0;            ///< in the ledger

    friend bool operator==(const OpenMatter&, const OpenMatter&) = default;
};

std::string_view nameOf(OpenMatter::Kind kind) noexcept;  // "in-doubt"

/// Those that the revoker sees to, as the ledger holds them: nothing was said of them yet.
std::vector<OpenMatter> openMattersIn(Ledger& ledger);

/// Sees to every certificate that must not live (design truth 2). What is known to be bad is
/// revoked. Where an answer was lost with its card, the CA is asked once more under the same
/// transaction: what it had issued comes back and is revoked. Nothing is given up by itself: what
/// fails, for whatever reason, is tried again after growing pauses of its own and holds up no
/// other, until it is done or a person settled the doubt.
class Revoker {
public:
    using Tell = std::function<void(const std::string&)>;

    Revoker(Ledger& ledger, Authority& authority, const cardprofiles::Profiles& profiles,
            const Clock& clock, Tell tell)
        : ledger_(ledger),
          authority_(authority),
          profiles_(profiles),
          clock_(clock),
          tell_(std::move(tell)) {}

    /// Once over everything that is due, while the CA may be asked and until `stop`. Gives how many
    /// matters are left. To be called by one thread. Errors: LedgerUnwritable, Defect.
    std::size_t round(const std::stop_token& stop = {});

    /// As they were after the last round. For any thread.
    std::vector<OpenMatter> open() const;

private:
    struct Waiting {
        std::string reference;  ///< a person's verdict makes it another question
        std::string said;
        int refusals = 0;
        int failures = 0;  ///< refusals and everything else
        std::optional<TimePoint> nextTry;
    };

    bool mayAsk(CertificateRow row, const std::string& reference,
                const std::stop_token& stop) const;
    void revokeWanted(const std::stop_token& stop);
    void settleDoubts(const std::stop_token& stop);
    void note(CertificateRow row, const std::string& reference, const Failure& failure,
              const std::string& what);
    void done(CertificateRow row, const std::string& what);
    std::size_t tellOpen();

    Ledger& ledger_;
    Authority& authority_;
    const cardprofiles::Profiles& profiles_;
    const Clock& clock_;
    Tell tell_;
    std::map<CertificateRow, Waiting> waiting_;  // of the thread that makes the rounds
    mutable std::mutex mutex_;
    std::vector<OpenMatter> open_;
};

}  // namespace zegel::station
