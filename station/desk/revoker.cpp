#include "station/desk/revoker.h"

#include "drivers/base/hex.h"
#include "drivers/base/told.h"

#include <algorithm>

namespace zegel::station {
namespace {

constexpr std::chrono::seconds FirstPause{10};
constexpr std::chrono::seconds LongestPause{3600};
constexpr int MostDoublings = 9;

std::string nameOf(const CertificateInDoubt& doubt) {
    return "the " + std::string{zegel::nameOf(doubt.purpose)} + " certificate asked for order " +
           doubt.order.id.value() + " under transaction " + toHex(doubt.transaction);
}

std::string nameOf(const CertificateEntry& certificate) {
    return "certificate " + certificate.serial + " of order " + certificate.order.value();
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

/// What nobody gave a reason for belongs to a card that was never issued.
RevocationReason reasonOf(const CertificateEntry& wanted) {
    if (wanted.revocationReason.empty()) return RevocationReason::CessationOfOperation;
    if (const auto reason = revocationReasonNamed(wanted.revocationReason)) return *reason;
    throw Failure{Fault::LedgerUnwritable,
                  "the ledger holds the unknown revocation reason '" + wanted.revocationReason +
                      "': it was written by another version of the station"};
}

std::chrono::seconds pauseAfter(int failures) {
    return std::min(LongestPause, FirstPause * (1 << std::min(failures - 1, MostDoublings)));
}

}  // namespace

std::string_view nameOf(OpenMatter::Kind kind) noexcept {
    switch (kind) {
        case OpenMatter::Kind::InDoubt: return "in-doubt";
        case OpenMatter::Kind::RevocationWanted: return "revocation-wanted";
        case OpenMatter::Kind::NotInCrl: return "not-in-crl";
    }
    return "unknown";
}

std::vector<OpenMatter> openMattersIn(Ledger& ledger) {
    using Kind = OpenMatter::Kind;
    std::vector<OpenMatter> open;
    for (const auto& doubt : ledger.certificatesInDoubt()) {
        open.push_back({Kind::InDoubt, doubt.order.id, doubt.purpose, toHex(doubt.transaction), "",
                        0, std::nullopt, doubt.row});
    }
    for (const auto& wanted : ledger.revocationsWanted()) {
        open.push_back({Kind::RevocationWanted, wanted.order, wanted.purpose, wanted.serial, "", 0,
                        std::nullopt, wanted.row});
    }
    return open;
}

std::size_t Revoker::round(const std::stop_token& stop) {
    revokeWanted(stop);  // what is known to be bad comes first
    settleDoubts(stop);
    revokeWanted(stop);
    return tellOpen();
}

std::vector<OpenMatter> Revoker::open() const {
    const std::lock_guard alone{mutex_};
    return open_;
}

bool Revoker::mayAsk(CertificateRow row, const std::string& reference,
                     const std::stop_token& stop) const {
    if (stop.stop_requested() || !authority_.isDue()) return false;
    const auto waiting = waiting_.find(row);
    if (waiting == waiting_.end() || !waiting->second.nextTry) return true;
    if (waiting->second.reference != reference) return true;
    const auto left = *waiting->second.nextTry - clock_.now();
    return left.count() <= 0 || left > LongestPause;  // also when the clock was set back
}

void Revoker::revokeWanted(const std::stop_token& stop) {
    for (const auto& wanted : ledger_.revocationsWanted()) {
        if (!mayAsk(wanted.row, wanted.serial, stop)) continue;
        try {
            authority_.revoke(
                {wanted.purpose, wanted.der, wanted.serial, wanted.notBefore, wanted.notAfter},
                reasonOf(wanted));
            if (ledger_.recordRevoked(wanted.row, wanted.serial)) {
                done(wanted.row, nameOf(wanted) + " is revoked");
            }
        } catch (const Failure& failure) {
            note(wanted.row, wanted.serial, failure, nameOf(wanted) + " is still to be revoked");
        }
    }
}

void Revoker::settleDoubts(const std::stop_token& stop) {
    for (const auto& doubt : ledger_.certificatesInDoubt()) {
        if (!mayAsk(doubt.row, toHex(doubt.transaction), stop)) continue;
        try {
            const auto pending = authority_.redeemAgain(sameTicket(doubt, profiles_));
            const auto& issued = pending->certificate();
            // First: a CA that was told that it is refused may not tell of it again.
            ledger_.recordIssuedInVain(
                doubt.row, {issued.der, issued.serial, issued.notBefore, issued.notAfter});
            pending->refuse("the card that it was for is not made");
            done(doubt.row, nameOf(doubt) + " had been issued: " + issued.serial);
        } catch (const Failure& failure) {
            note(doubt.row, toHex(doubt.transaction), failure,
                 "whether " + nameOf(doubt) + " was issued is still unknown");
        }
    }
}

/// A CA that is away is waited for as a whole, and costs no matter a pause of its own.
void Revoker::note(CertificateRow row, const std::string& reference, const Failure& failure,
                   const std::string& what) {
    if (failure.fault() == Fault::LedgerUnwritable || failure.fault() == Fault::Defect) {
        throw Failure{failure};
    }
    auto& waiting = waiting_[row];
    if (waiting.reference != reference) waiting = {};
    waiting.reference = reference;
    waiting.said = told(failure);
    waiting.nextTry.reset();
    if (failure.fault() == Fault::AuthorityRefused) ++waiting.refusals;
    if (authority_.isDue()) {
        waiting.nextTry = clock_.now() + pauseAfter(++waiting.failures);
    }
    tell_(what + ": " + told(failure));
}

void Revoker::done(CertificateRow row, const std::string& what) {
    waiting_.erase(row);
    tell_(what);
}

std::size_t Revoker::tellOpen() {
    auto open = openMattersIn(ledger_);
    std::map<CertificateRow, Waiting> stillWaiting;
    for (auto& matter : open) {
        const auto waiting = waiting_.find(matter.row);
        if (waiting == waiting_.end() || waiting->second.reference != matter.reference) continue;
        matter.said = waiting->second.said;
        matter.refusals = waiting->second.refusals;
        matter.nextTry = waiting->second.nextTry;
        stillWaiting.insert(*waiting);
    }
    waiting_ = std::move(stillWaiting);
    const std::lock_guard alone{mutex_};
    open_ = std::move(open);
    return open_.size();
}

}  // namespace zegel::station
