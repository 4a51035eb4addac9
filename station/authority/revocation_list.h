#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/openssl.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace zegel::station {

/// A CA's list of the certificates that it revoked (CRL), after it was found to be the CA's own and
/// of today.
///
/// Source: RFC 5280, 5.
class RevocationList {
public:
    /// `octets`: DER or PEM. Errors: AuthorityUnavailable saying why the list is not believed: no
    /// CRL, of none of these authorities, a wrong or weak signature, not in force, or one that does
    /// not tell of all certificates (delta, indirect, only some reasons).
    static RevocationList believed(ByteView octets,
                                   std::span<const openssl::CertificatePtr> authorities,
                                   TimePoint now);

    /// Under which reason the serial number (hexadecimal) stands in it, by RFC 5280's name; nothing
    /// when it does not.
    std::optional<std::string> reasonOf(std::string_view serial) const;
    /// Whether it tells of certificates of this one's issuer. `certificate`: DER.
    bool tellsOf(ByteView certificate) const;

private:
    explicit RevocationList(openssl::CrlPtr list) : list_(std::move(list)) {}

    openssl::CrlPtr list_;
};

}  // namespace zegel::station
