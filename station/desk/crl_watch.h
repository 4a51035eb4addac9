#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/openssl.h"
#include "station/desk/revoker.h"

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace zegel::station {

class RevocationList;

/// Looks into the CA's CRL for every certificate of which the CA said that it is revoked, until it
/// stands there: what relies on a card asks the CRL, not the station. Judges no list that the CA
/// did not sign.
class CrlWatch {
public:
    /// Where a list lies. Errors of `fetch`: AuthorityUnavailable.
    struct Source {
        std::string place;
        std::function<Bytes()> fetch;
    };
    struct Rules {
        std::chrono::seconds lookEvery{60};       ///< while something is looked for
        std::chrono::seconds missingAfter{3600};  ///< what is not there then is for a person
    };
    using Tell = std::function<void(const std::string&)>;

    /// `authorities`: whose lists count. They outlive this.
    CrlWatch(Ledger& ledger, std::vector<Source> sources,
             std::span<const openssl::CertificatePtr> authorities, const Clock& clock, Rules rules,
             Tell tell)
        : ledger_(ledger),
          sources_(std::move(sources)),
          authorities_(authorities),
          clock_(clock),
          rules_(rules),
          tell_(std::move(tell)) {}

    /// Looks when it is time to. To be called by one thread. Errors: LedgerUnwritable, Defect.
    void round(const std::stop_token& stop = {});

    /// What a person has to see to, as it was after the last round. For any thread.
    std::vector<OpenMatter> open() const;

private:
    struct Look;
    /// What is wrong with a certificate that was looked for.
    struct Objection {
        std::string why;
        bool isAtOnce = false;  ///< time will not mend it
    };
    Look look(const std::stop_token& stop);
    void note(const std::string& place, const std::string& why);
    std::optional<Objection> objectionTo(const CertificateEntry& certificate, const Look& look);

    Ledger& ledger_;
    std::vector<Source> sources_;
    std::span<const openssl::CertificatePtr> authorities_;
    const Clock& clock_;
    const Rules rules_;
    Tell tell_;
    std::optional<TimePoint> nextLook_;
    std::map<CertificateRow, Objection> said_;  ///< of those looked for
    std::map<std::string, std::string> told_;   ///< why a list was not believed last, by place
    mutable std::mutex mutex_;
    std::vector<OpenMatter> open_;
};

}  // namespace zegel::station
