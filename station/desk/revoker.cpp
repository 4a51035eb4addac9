#include "station/desk/revoker.h"

namespace zegel::station {

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
