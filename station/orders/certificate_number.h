#pragma once

#include "drivers/base/ids.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace zegel::station {

/// The two check digits behind letters and digits: ISO/IEC 7064 MOD 97-10, a letter counting 10
/// to 35. Catches every single slip, every swap of neighbours and nearly all else.
/// Errors: Defect when there is another character than A-Z and 0-9.
std::string checkDigits(std::string_view body);

/// Whether letters and digits end with their check digits.
bool checks(std::string_view withDigits);

/// The short number of a certificate that people write and read out: "ZG-2026-000123-02".
/// `prefix`: the issuer's, two to four capitals. `sequence`: within the year, 1 to 999999.
/// Errors: Defect outside those.
CertificateNumber certificateNumber(std::string_view prefix, int year, unsigned sequence);

/// What a person typed, in the one form it is kept: case, spaces and hyphens are forgiven, nothing
/// else. Nothing when it is no certificate number or its check digits are wrong.
std::optional<CertificateNumber> certificateNumberFrom(std::string_view typed);

/// What an issuer counts in its numbers.
struct CountedNumber {
    int year = 0;
    unsigned sequence = 0;  ///< within the year
};

/// What is counted in "ZG-2026-000123-02", typed as above, with this issuer's prefix. Nothing when
/// it is no certificate number, or another issuer's.
std::optional<CountedNumber> countedNumber(std::string_view typed, std::string_view prefix);

/// Whether a receipt or a revocation names this certificate: by its short number, or by one of
/// `serials` (hexadecimal), colons between octets and zeros in front forgiven as well.
bool namesCertificate(std::string_view typed, const CertificateNumber& number,
                      std::span<const std::string> serials);

/// Whether a person meant this certificate's name: case and white space are forgiven, nothing
/// else. Letters are compared as they are coded: "é" is not "e" with an accent behind it.
bool namesSame(std::string_view typed, std::string_view name);

}  // namespace zegel::station
