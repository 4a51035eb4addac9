#pragma once

#include "station/ledger/ledger.h"

#include <filesystem>
#include <string>

namespace zegel::station {

/// What an auditor is told of the chain.
struct AuditJudgement {
    bool whole = false;
    std::string words;              ///< a line or two for people
    bool signaturesChecked = true;  ///< false: for want of the certificate they were made with
};

/// Holds the records against their digests, and the signed heads against the records. A head whose
/// record is gone tells that records were cut off the end. `stationCertificate` is the file of
/// the one that the station seals with; when it is missing or unusable the signatures are not
/// checked, and the words say so.
AuditJudgement judgeAudit(Ledger& ledger, const std::filesystem::path& stationCertificate);

}  // namespace zegel::station
