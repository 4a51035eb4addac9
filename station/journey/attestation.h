#pragma once

#include "cardprofiles/profile.h"
#include "drivers/base/openssl.h"
#include "drivers/cards/card_driver.h"

#include <optional>
#include <string>
#include <vector>

namespace zegel::station {

/// The makers whose chips are believed about their keys. With none, what a chip attests is its own
/// word and is never called more.
class AttestationRoots {
public:
    AttestationRoots() = default;
    /// Roots, or certificates of makers below them: each is trusted by itself.
    explicit AttestationRoots(std::vector<openssl::CertificatePtr> trusted);

    bool any() const noexcept { return !trusted_.empty(); }

    /// The name of the trusted certificate that a chip's statement leads to, through its issuer's;
    /// nothing when it leads to none.
    std::optional<std::string> makerOf(X509& statement, X509& issuer, TimePoint now) const;

private:
    std::vector<openssl::CertificatePtr> trusted_;
};

/// Where the key that a chip was told to make came from, in words for the proof record: "verified"
/// stands in them only when a trusted maker vouches for it.
/// Errors: CardUntrusted when the profile wants attestation and the chip's statement is about
/// another key, contradicts the chip, or leads to none of the roots; when it requires attestation
/// and there is no statement, too.
std::string provenOrigin(cards::CardDriver& chip, const cardprofiles::KeyRule& rule, ByteView spki,
                         const AttestationRoots& roots, TimePoint now);

}  // namespace zegel::station
