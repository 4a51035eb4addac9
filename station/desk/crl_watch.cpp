#include "station/desk/crl_watch.h"

#include "drivers/base/told.h"
#include "station/authority/revocation_list.h"
#include "station/ledger/revocation_book.h"

#include <algorithm>

namespace zegel::station {
namespace {

std::string nameOf(const CertificateEntry& certificate) {
    return "certificate " + certificate.serial + " of order " + certificate.order.value();
}

OpenMatter matterOf(const CertificateEntry& certificate, const std::string& said,
                    std::optional<TimePoint> nextLook) {
    return {OpenMatter::Kind::NotInCrl,
            certificate.order,
            certificate.purpose,
            certificate.serial,
            said,
            0,
            nextLook};
}

bool isOver(TimePoint moment, TimePoint now, std::chrono::seconds longest) {
    const auto left = moment - now;
    return left.count() <= 0 || left > longest;  // also when the clock was set back
}

}  // namespace

/// What one look at all lists came to.
struct CrlWatch::Look {
    std::vector<RevocationList> lists;
    std::string unread;  ///< why some could not be read
};

std::vector<OpenMatter> CrlWatch::open() const {
    const std::lock_guard alone{mutex_};
    return open_;
}

CrlWatch::Look CrlWatch::look(const std::stop_token& stop) {
    Look look;
    for (const auto& source : sources_) {
        if (stop.stop_requested()) break;
        try {
            look.lists.push_back(
                RevocationList::believed(source.fetch(), authorities_, clock_.now()));
            told_.erase(source.place);
        } catch (const Failure& failure) {
            if (failure.fault() != Fault::AuthorityUnavailable) throw;
            const auto why = "the CRL at " + source.place + " " + failure.what();
            look.unread += (look.unread.empty() ? "" : "; ") + why;
            note(source.place, why + lookUp(failure.fault()));
        }
    }
    return look;
}

void CrlWatch::note(const std::string& place, const std::string& why) {
    auto& before = told_[place];
    if (before == why) return;
    before = why;
    tell_(why);
}

/// Nothing when the certificate stands in its CA's list as it should, which is then recorded.
std::optional<CrlWatch::Objection> CrlWatch::objectionTo(const CertificateEntry& certificate,
                                                         const Look& look) {
    for (const auto& list : look.lists) {
        if (!certificate.der.empty() && !list.tellsOf(certificate.der)) continue;
        const auto reason = list.reasonOf(certificate.serial);
        if (!reason) continue;
        const auto& wanted = certificate.revocationReason;
        if (!wanted.empty() && wanted != *reason) {
            return Objection{"the CRL lists it as " + *reason + ", and it was revoked as " +
                                 wanted + ": have it corrected at the CA",
                             true};
        }
        if (ledger_.revocations().recordInCrl(certificate.row, certificate.serial, *reason))
            tell_(nameOf(certificate) + " stands in the CRL as " + *reason);
        return std::nullopt;
    }
    if (!look.unread.empty()) return Objection{look.unread};
    return Objection{"the CA said at " + toRfc3339(certificate.changed) +
                     " that it is revoked, and its CRL does not list it: ask whoever runs the CA"};
}

void CrlWatch::round(const std::stop_token& stop) {
    const auto revoked = ledger_.revocations().outsideCrl();
    const auto now = clock_.now();
    std::vector<OpenMatter> open;
    if (!revoked.empty() && (!nextLook_ || isOver(*nextLook_, now, rules_.lookEvery))) {
        const auto seen = look(stop);
        if (stop.stop_requested()) return;
        nextLook_ = clock_.now() + rules_.lookEvery;
        std::map<CertificateRow, Objection> said;
        for (const auto& certificate : revoked) {
            if (auto why = objectionTo(certificate, seen)) said[certificate.row] = *std::move(why);
        }
        said_ = std::move(said);
    }
    for (const auto& certificate : revoked) {
        const auto said = said_.find(certificate.row);
        if (said == said_.end()) continue;
        const auto& [why, isAtOnce] = said->second;
        if (!isAtOnce && now - certificate.changed < rules_.missingAfter) continue;
        open.push_back(matterOf(certificate, why, nextLook_));
    }
    const std::lock_guard alone{mutex_};
    open_ = std::move(open);
}

}  // namespace zegel::station
