#include "station/desk/revoker.h"

#include <algorithm>

namespace zegel::station {
namespace {

std::string nameOf(const CertificateInDoubt& doubt) {
    return "the " + std::string{zegel::nameOf(doubt.purpose)} + " certificate asked for order " +
           doubt.order.id.value();
}

/// The same question again; what comes back is refused and revoked, so no wish is held against it.
Ticket sameTicket(const CertificateInDoubt& doubt, const cardprofiles::Profiles& profiles) {
    const auto profile = profiles.find(doubt.order.profile);
    if (profile != profiles.end()) {
        const auto& keys = profile->second.keys;
        const auto rule = std::ranges::find(keys, doubt.purpose, &cardprofiles::KeyRule::purpose);
        if (rule != keys.end()) {
            CertificateWish wish{{}, *rule, {}};
            wish.subject.commonName = doubt.order.subject.group;
            return Ticket{doubt.transaction, doubt.request, std::move(wish)};
        }
    }
    throw Failure{Fault::OrderUnusable,
                  "its profile '" + doubt.order.profile +
                      "' is not offered any more: offer it again, so that the CA can be asked"};
}

/// Errors: AuthorityUnavailable, AuthorityRefused.
IssuedCertificate whatWasIssued(Authority& authority, Ticket ticket) {
    try {
        const auto pending = authority.redeem(std::move(ticket));
        auto issued = pending->certificate();
        pending->refuse("the card that it was for is not made");
        return issued;
    } catch (const CertificateRejected& rejected) {
        return rejected.rejected();
    }
}

}  // namespace

std::size_t settleDoubts(Ledger& ledger, Authority& authority,
                         const cardprofiles::Profiles& profiles,
                         const std::function<void(const std::string&)>& tell) {
    std::size_t left = 0;
    for (const auto& doubt : ledger.certificatesInDoubt()) {
        try {
            const auto issued = whatWasIssued(authority, sameTicket(doubt, profiles));
            ledger.recordIssuedInVain(
                doubt.row, {issued.der, issued.serial, issued.notBefore, issued.notAfter});
            tell(nameOf(doubt) + " had been issued: " + issued.serial);
        } catch (const Failure& failure) {
            if (failure.fault() == Fault::LedgerUnwritable) throw;
            ++left;
            tell("whether " + nameOf(doubt) + " was issued is still unknown: " + failure.what());
        }
    }
    return left;
}

std::size_t revokeWanted(Ledger& ledger, Authority& authority,
                         const std::function<void(const std::string&)>& tell) {
    std::size_t left = 0;
    for (const auto& wanted : ledger.revocationsWanted()) {
        try {
            authority.revoke(
                {wanted.purpose, wanted.der, wanted.serial, wanted.notBefore, wanted.notAfter},
                RevocationReason::CessationOfOperation);
            ledger.recordRevoked(wanted.row);
            tell("certificate " + wanted.serial + " of order " + wanted.order.value() +
                 " is revoked");
        } catch (const Failure& failure) {
            if (failure.fault() == Fault::LedgerUnwritable) throw;
            ++left;
            tell("certificate " + wanted.serial + " of order " + wanted.order.value() +
                 " is still to be revoked: " + failure.what());
        }
    }
    return left;
}

}  // namespace zegel::station
