#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/secret.h"

#include <array>
#include <optional>

namespace zegel::piv {

inline constexpr std::size_t GuidSize = 16;

/// What stands inside 53 for a certificate: 70 certificate, 71 how it is packed, FE nothing
/// ([SP 800-73-5] part 1, appendix A, tables 10 and following).
enum class Packing : std::uint8_t { Plain = 0x00, Gzip = 0x01 };

/// Gzip: the certificate is packed here.
Bytes certificateObject(ByteView der, Packing packing);

/// The certificate itself, unpacked. Errors: CardUntrusted when the object cannot be read.
Bytes certificateIn(ByteView object);

/// Card holder unique identifier: FASC-N of a non-federal issuer, GUID, expiry day, no signature
/// ([SP 800-73-5] part 1, 3.1.2 and table 9).
Bytes cardHolderIdentifier(ByteView guid, TimePoint expires);

/// Nothing when there is no GUID of sixteen octets, or it is all zeros.
std::optional<Bytes> guidIn(ByteView cardHolderIdentifier);

/// Card capability container around fourteen fresh octets ([SP 800-73-5] part 1, table 8).
Bytes cardCapability(ByteView cardIdentifier);
inline constexpr std::size_t CardIdentifierSize = 14;

}  // namespace zegel::piv
