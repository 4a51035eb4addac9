#include "station/app/audit_judgement.h"

#include "drivers/base/openssl.h"

#include <algorithm>

namespace zegel::station {
namespace {

using CertificatesPtr = std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)>;

void freeOnlyTheStack(STACK_OF(X509) * certificates) {
    sk_X509_free(certificates);
}

/// What the station signed; nothing when the signature is not its own.
std::optional<std::string> signedText(const AuditHead& head, X509& certificate) {
    const auto* at = head.record.data();
    const openssl::CmsPtr cms{
        d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(head.record.size()))};
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

/// Why a head does not fit the records; nothing when it does.
std::optional<std::string> complaintOf(const AuditHead& head, const std::vector<AuditEntry>& trail,
                                       X509& certificate) {
    const auto number = "record " + std::to_string(head.sequence);
    const auto text = signedText(head, certificate);
    if (!text) return "the signature over " + number + " is not the station's";
    if (lineAfter(*text, "audit record: ") != std::to_string(head.sequence)) {
        return "the signature kept for " + number + " is over another record";
    }
    const auto found = std::ranges::find(trail, head.sequence, &AuditEntry::sequence);
    if (found == trail.end()) {
        return number + " was signed and is gone: records were cut off the end";
    }
    if (found->digest == lineAfter(*text, "digest: ")) return std::nullopt;
    return number + " is not the one that the station signed: the chain was written anew";
}

/// `certificate` signed all of them, as far as it can be seen.
AuditJudgement judgeHeads(const std::vector<AuditHead>& heads, const std::vector<AuditEntry>& trail,
                          X509& certificate, const std::string& whole) {
    for (const auto& head : heads) {
        if (auto complaint = complaintOf(head, trail, certificate))
            return {false, *complaint + '\n'};
    }
    const auto text = signedText(heads.back(), certificate).value_or("");
    return {true, whole + ", signed by the station up to record " +
                      std::to_string(heads.back().sequence) + " at " + lineAfter(text, "signed: ") +
                      '\n'};
}

}  // namespace

AuditJudgement judgeAudit(Ledger& ledger, const std::filesystem::path& stationCertificate) {
    if (const auto broken = ledger.firstBrokenAudit()) {
        return {false, "the chain is broken at record " + std::to_string(*broken) +
                           ": it was changed, dropped or moved\n"};
    }
    const auto trail = ledger.auditTrail();
    const auto heads = ledger.auditHeads();
    const auto whole = "the chain is whole: " + std::to_string(trail.size()) + " records";
    if (heads.empty()) return {true, whole + ", none signed yet\n"};
    const auto notChecked = whole + "; signatures were not checked, ";
    std::error_code unseen;
    if (!std::filesystem::exists(stationCertificate, unseen) && !unseen) {
        return {true, notChecked + "for want of the certificate that seal.certificate names\n",
                false};
    }
    openssl::CertificatePtr sealing;
    try {
        sealing = std::move(openssl::certificatesFromPemFile(stationCertificate.string()).front());
    } catch (const Failure& unusable) {
        return {true,
                notChecked + "because of what seal.certificate names: " + unusable.what() + '\n',
                false};
    }
    return judgeHeads(heads, trail, *sealing, whole);
}

}  // namespace zegel::station
