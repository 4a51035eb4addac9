#pragma once

#include "drivers/base/bytes.h"
#include "station/orders/strict_object.h"

#include <istream>
#include <optional>
#include <string>

namespace zegel::station {

/// What a person found out at the CA about a certificate in doubt.
struct DoubtVerdict {
    std::string id;           ///< a reference of who sent it
    std::string transaction;  ///< hexadecimal, upper case: the certificate was asked for under it
    /// Of the certificate that was issued and is to be revoked, hexadecimal, upper case; nothing
    /// when none was issued and none will be.
    std::optional<std::string> serial;
    std::string by;   ///< who found out
    std::string why;  ///< how; kept in the audit chain
    /// DER, when it was found itself: proof that it was issued for the key that asked. `serial` is
    /// then its own. Empty when only the serial is told.
    Bytes certificate = {};
};

/// What is wrong with a field of a verdict.
struct VerdictObjection {
    std::string field;
    std::string what;
};

/// How a certificate stands in JSON.
extern const TextRule CertificateText;

/// Takes the certificate that was found, of that form, and its serial with it. Gives what is wrong
/// with it, or with a serial that is told already.
std::optional<VerdictObjection> takeCertificate(DoubtVerdict& verdict, std::string_view base64);

/// Reads one verdict (JSON, station/orders/doubt_verdict.schema.json): every field, no other.
/// `source` stands in messages: the file's name.
/// Errors: OrderUnusable naming line, field and what to do, everything at once.
DoubtVerdict readDoubtVerdict(std::istream& in, const std::string& source);
DoubtVerdict readDoubtVerdictFile(const std::string& path);

}  // namespace zegel::station
