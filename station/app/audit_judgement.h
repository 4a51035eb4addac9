#pragma once

#include "drivers/base/openssl.h"
#include "station/ledger/ledger.h"

namespace zegel::station {

/// What an auditor is told of the chain.
struct AuditJudgement {
    bool whole = false;
    std::string words;  ///< a line or two for people
};

/// Holds the records against their digests, and the signed heads against the records. A head whose
/// record is gone tells that records were cut off the end. `stationCertificate` is the one that the
/// station seals with; without it the signatures are not checked, and the words say so.
AuditJudgement judgeAudit(Ledger& ledger, X509* stationCertificate);

}  // namespace zegel::station
