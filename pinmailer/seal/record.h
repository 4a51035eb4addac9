#pragma once

#include "pinmailer/seal/codes.h"
#include "pinmailer/seal/sealer.h"

#include <cstdint>
#include <string_view>

namespace zegel::seal {

/// What the station signs says what it is (CMS eContentType, a signed attribute), so that neither
/// can be presented as the other. Arcs under 2.25 need no registration (ITU-T X.667).
struct ContentType {
    static constexpr const char* SealedCodes = "2.25.67564482828260780645213900606954072938";
    static constexpr const char* Text = "1.2.840.113549.1.7.1";  ///< id-data (RFC 5652, 4)
    static constexpr const char* ReleasedLetter = "2.25.6226546091613240722961358450205557281";
    static constexpr const char* Note = "2.25.210211312438538615735056655797179856008";
};

/// The sealed content: the eight octets of `Mark`, then every field of `Field` once and in this
/// order, each as one octet of field number, two octets of length (big-endian) and its octets.
/// Nothing follows. Written and read in place, so that no copy of a code is left behind.
namespace record {

inline constexpr std::string_view Mark{"ZGLCODE\x01", 8};

enum class Field : std::uint8_t {
    Order = 1,
    Chip,
    Certificate,
    Letter,
    Pin,
    Puk,  ///< empty when the product has none
    Revocation
};

}  // namespace record

/// Errors: Defect when an id is empty or a field is longer than 65535 octets.
SecretBytes encodeRecord(const Codes& codes, const Bond& bond);

}  // namespace zegel::seal
