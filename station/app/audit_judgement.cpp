#include "station/app/audit_judgement.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/openssl.h"

#include <algorithm>
#include <charconv>

namespace zegel::station {
namespace {

using CertificatesPtr = std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)>;

void freeOnlyTheStack(STACK_OF(X509) * certificates) {
    sk_X509_free(certificates);
}

/// What the station signed; nothing when the signature is not its own.
std::optional<std::string> signedText(ByteView record, X509& certificate) {
    const auto* at = record.data();
    const openssl::CmsPtr cms{d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(record.size()))};
    const CertificatesPtr signers{sk_X509_new_null(), freeOnlyTheStack};
    sk_X509_push(signers.get(), &certificate);
    const openssl::BioPtr out{BIO_new(BIO_s_mem())};
    // The certificate is the one that the settings name: no chain is asked for.
    const bool good = cms && CMS_verify(cms.get(), signers.get(), nullptr, nullptr, out.get(),
                                        CMS_NO_SIGNER_CERT_VERIFY | CMS_NOINTERN | CMS_BINARY) == 1;
    openssl::takeErrors();
    if (!good) return std::nullopt;
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return std::string(text, static_cast<std::size_t>(size));
}

std::string lineAfter(const std::string& text, std::string_view name) {
    const auto at = text.find(name);
    if (at == std::string::npos) return {};
    const auto begin = at + name.size();
    return text.substr(begin, text.find('\n', begin) - begin);
}

/// `trail` is in the order of the records' numbers.
const AuditEntry* recordIn(const std::vector<AuditEntry>& trail, std::int64_t sequence) {
    const auto found = std::ranges::lower_bound(trail, sequence, {}, &AuditEntry::sequence);
    return found == trail.end() || found->sequence != sequence ? nullptr : &*found;
}

/// Why what was signed does not fit the records; nothing when it does.
std::optional<std::string> complaintOf(const std::string& text, std::int64_t sequence,
                                       const std::vector<AuditEntry>& trail) {
    const auto number = "record " + std::to_string(sequence);
    const auto* found = recordIn(trail, sequence);
    if (found == nullptr) return number + " was signed and is gone: records were cut off the end";
    if (found->digest == lineAfter(text, "digest: ")) return std::nullopt;
    return number + " is not the one that the station signed: the chain was written anew";
}

std::optional<std::string> complaintOf(const AuditHead& head, const std::vector<AuditEntry>& trail,
                                       X509& certificate) {
    const auto number = "record " + std::to_string(head.sequence);
    const auto text = signedText(head.record, certificate);
    if (!text) return "the signature over " + number + " is not the station's";
    if (lineAfter(*text, "audit record: ") != std::to_string(head.sequence)) {
        return "the signature kept for " + number + " is over another record";
    }
    return complaintOf(*text, head.sequence, trail);
}

/// `recordsAt` gives the records from a number on, that one at least.
template <typename RecordsAt>
std::optional<std::string> complaintOf(const KeptHead& kept, X509& certificate,
                                       const RecordsAt& recordsAt) {
    const auto place = kept.place.string();
    if (!kept.record) {
        if (std::filesystem::exists(kept.place)) return std::nullopt;  // made while we looked
        return place +
               " is gone, where the station keeps the last head that it signed: nobody can "
               "tell here whether records were cut off the end";
    }
    const auto text = signedText(*kept.record, certificate);
    if (!text) return "the signature in " + place + " is not the station's";
    const auto number = lineAfter(*text, "audit record: ");
    std::int64_t sequence = 0;
    std::from_chars(number.data(), number.data() + number.size(), sequence);
    const auto complaint = complaintOf(*text, sequence, recordsAt(sequence));
    if (!complaint) return std::nullopt;
    return *complaint + " (" + place + " was signed at " + lineAfter(*text, "signed: ") + ")";
}

bool isThere(const KeptHead& kept) {
    return kept.record.has_value();
}

bool tellsOfKeptHead(const std::vector<AuditEntry>& trail) {
    return std::ranges::find(trail, HeadKeptBeside, &AuditEntry::act) != trail.end();
}

/// `certificate` signed all of them, as far as it can be seen.
AuditJudgement judgeHeads(const std::vector<AuditHead>& heads, const std::vector<KeptHead>& kept,
                          const std::vector<AuditEntry>& trail, X509& certificate,
                          const std::string& whole) {
    for (const auto& head : heads) {
        if (auto complaint = complaintOf(head, trail, certificate))
            return {false, *complaint + '\n'};
    }
    const auto all = [&](std::int64_t /*sequence*/) -> const auto& {
        return trail;
    };
    const bool wasKept = tellsOfKeptHead(trail);
    for (const auto& one : kept) {
        if (!one.record && !wasKept) continue;
        if (auto complaint = complaintOf(one, certificate, all)) return {false, *complaint + '\n'};
    }
    const auto& last =
        heads.empty() ? *std::ranges::find_if(kept, isThere)->record : heads.back().record;
    const auto text = signedText(last, certificate).value_or("");
    return {true, whole + ", signed by the station up to record " +
                      lineAfter(text, "audit record: ") + " at " + lineAfter(text, "signed: ") +
                      '\n'};
}

openssl::CertificatePtr sealingCertificate(const std::filesystem::path& file) {
    return std::move(openssl::certificatesFromPemFile(file.string()).front());
}

}  // namespace

std::filesystem::path headBeside(const std::filesystem::path& ledger) {
    return ledger.string() + ".head";
}

KeptHead keptHead(const std::filesystem::path& place) {
    if (!std::filesystem::exists(place)) return {place, std::nullopt};
    return {place, readFile(place)};
}

AuditJudgement judgeAudit(Ledger& ledger, const std::filesystem::path& stationCertificate,
                          const std::vector<KeptHead>& kept) {
    if (const auto broken = ledger.firstBrokenAudit()) {
        return {false, "the chain is broken at record " + std::to_string(*broken) +
                           ": it was changed, dropped or moved\n"};
    }
    const auto trail = ledger.auditTrail();
    const auto heads = ledger.auditHeads();
    const auto whole = "the chain is whole: " + std::to_string(trail.size()) + " records";
    if (heads.empty() && tellsOfKeptHead(trail))
        return {false, "every head that the station signed is gone from the ledger\n"};
    if (heads.empty() && std::ranges::none_of(kept, isThere))
        return {true, whole + ", none signed yet\n", false};
    const auto notChecked = whole + "; signatures were not checked, ";
    std::error_code unseen;
    if (!std::filesystem::exists(stationCertificate, unseen) && !unseen) {
        return {true, notChecked + "for want of the certificate that seal.certificate names\n",
                false};
    }
    openssl::CertificatePtr sealing;
    try {
        sealing = sealingCertificate(stationCertificate);
    } catch (const Failure& unusable) {
        return {true,
                notChecked + "because of what seal.certificate names: " + unusable.what() + '\n',
                false};
    }
    return judgeHeads(heads, kept, trail, *sealing, whole);
}

std::optional<std::string> complaintOf(const KeptHead& kept, Ledger& ledger,
                                       const std::filesystem::path& stationCertificate) {
    if (!kept.record && !ledger.tellsOf(HeadKeptBeside)) return std::nullopt;
    return complaintOf(kept, *sealingCertificate(stationCertificate),
                       [&](std::int64_t sequence) { return ledger.auditAfter(sequence - 1, 1); });
}

}  // namespace zegel::station
