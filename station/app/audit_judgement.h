#pragma once

#include "station/ledger/ledger.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// What an auditor is told of the chain.
struct AuditJudgement {
    bool whole = false;
    std::string words;              ///< a line or two for people
    bool signaturesChecked = true;  ///< false: for want of the certificate they were made with
};

/// A signed head outside the ledger: whoever can write the ledger can take its own heads away.
struct KeptHead {
    std::filesystem::path place;
    std::optional<Bytes> record;  ///< SignedData in DER; none: there was no such file
};

/// What the audit says once a head stood beside the ledger. Without it there may be none: a ledger
/// of before, or one that was never signed.
inline constexpr std::string_view HeadKeptBeside = "audit head kept beside the ledger";

/// The station's last signed head stands here too.
std::filesystem::path headBeside(const std::filesystem::path& ledger);

/// Looked for before the ledger is: what a head signs is in the ledger before it.
KeptHead keptHead(const std::filesystem::path& place);

/// Holds the records against their digests, and the signed heads, those of the ledger and those
/// that are kept outside, against the records. A head whose record is gone tells that records were
/// cut off the end. `stationCertificate` is the file of the one that the station seals with; when
/// it is missing or unusable the signatures are not checked, and the words say so.
AuditJudgement judgeAudit(Ledger& ledger, const std::filesystem::path& stationCertificate,
                          const std::vector<KeptHead>& kept = {});

/// What a station that starts finds wrong: the one record is looked for, not the whole chain.
/// Nothing when all is well. Errors: SettingUnusable when the certificate cannot be read.
std::optional<std::string> complaintOf(const KeptHead& kept, Ledger& ledger,
                                       const std::filesystem::path& stationCertificate);

}  // namespace zegel::station
