#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/openssl.h"
#include "station/authority/authority.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace zegel::station {

/// Why this certificate is not what was asked for, naming the field; nothing when it is: key,
/// subject, issuer and chain to one of `authorities`, not a CA's, key usage and extended key
/// usage exactly, policies (at least those asked), validity at `now` and not longer than the
/// rule, no weak signature.
std::optional<std::string> whyNotAsWished(X509& certificate, const CertificateWish& wish,
                                          std::span<const openssl::CertificatePtr> authorities,
                                          TimePoint now);

/// Those of a CA's certificates that issued none of the others: what cards get is theirs. Never
/// none, unless none is given.
std::vector<std::reference_wrapper<X509>> lowestOf(
    std::span<const openssl::CertificatePtr> authorities);

/// Whether a CA that answers below `authorities` is left out there, while they are roots only: what
/// it issues would be refused, card by card.
bool isLeftOut(X509& certificate, std::span<const openssl::CertificatePtr> authorities);

/// What the ledger keeps of it.
IssuedCertificate issuedFrom(const X509& certificate, Purpose purpose);

}  // namespace zegel::station
