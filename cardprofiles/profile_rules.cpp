#include "cardprofiles/profile_rules.h"

#include "cardprofiles/object_identifier.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace zegel::cardprofiles {
namespace {

std::string quoted(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

/// What RFC 5280 4.2.1.3 lets an end entity's key of this purpose and algorithm do, as far as
/// PKIoverheid's legal-person profiles use it.
std::vector<std::string_view> usagesFor(const KeyRule& key) {
    switch (key.purpose) {
        case Purpose::Authenticity: return {"digitalSignature", "nonRepudiation"};
        case Purpose::Authentication: return {"digitalSignature"};
        case Purpose::Confidentiality: break;
    }
    // RFC 8813 section 3: an EC key agrees, it does not encipher.
    if (!isRsa(key.algorithm)) return {"keyAgreement"};
    return {"keyEncipherment", "dataEncipherment"};
}

std::string listed(const std::vector<std::string_view>& names) {
    std::string list;
    for (const auto name : names)
        list += (list.empty() ? "" : " and ") + std::string(name);
    return list;
}

std::optional<BrokenRule> brokenUsage(const KeyRule& key) {
    const auto allowed = usagesFor(key);
    for (const auto& usage : key.certificate.keyUsage) {
        if (std::find(allowed.begin(), allowed.end(), usage) != allowed.end()) continue;
        return BrokenRule{"key_usage", quoted(usage) + " does not suit a key for " +
                                           std::string(nameOf(key.purpose)) + " (" +
                                           std::string(nameOf(key.algorithm)) + "); use " +
                                           listed(allowed)};
    }
    return std::nullopt;
}

std::optional<BrokenRule> brokenIdentifier(const std::string& key,
                                           const std::vector<std::string>& identifiers) {
    for (const auto& text : identifiers) {
        if (isObjectIdentifier(text)) continue;
        return BrokenRule{key, quoted(text) +
                                   " is not an object identifier; write numbers with dots, "
                                   "such as 0.4.0.2042.1.1"};
    }
    return std::nullopt;
}

}  // namespace

std::optional<BrokenRule> brokenRuleOf(const KeyRule& key) {
    const bool onChip = key.origin == KeyOrigin::OnChip;
    if (!onChip && key.purpose != Purpose::Confidentiality) {
        return BrokenRule{"origin", "a key for " + std::string(nameOf(key.purpose)) +
                                        " never exists outside the chip; write \"on-chip\""};
    }
    if (onChip && key.sharedByGroup) {
        return BrokenRule{"shared_by_group",
                          "a key made on one chip cannot stand on another; write origin = "
                          "\"in-station\", or do not share it"};
    }
    if (onChip && key.escrow) {
        return BrokenRule{"escrow",
                          "a key made on the chip cannot be copied; write origin = "
                          "\"in-station\", or no escrow"};
    }
    if (!onChip && key.attestation != Attestation::None) {
        return BrokenRule{"attestation",
                          "a chip cannot attest that it made a key which was imported; remove it, "
                          "or write origin = \"on-chip\""};
    }
    return std::nullopt;
}

std::optional<BrokenRule> brokenCertificateRuleOf(const KeyRule& key) {
    const auto& certificate = key.certificate;
    if (!fits(certificate.requestSignature, key.algorithm)) {
        return BrokenRule{"request_signature", quoted(nameOf(certificate.requestSignature)) +
                                                   " cannot be made by a key of algorithm " +
                                                   quoted(nameOf(key.algorithm)) +
                                                   "; choose a scheme of the same kind"};
    }
    if (auto broken = brokenUsage(key)) return broken;
    if (auto broken = brokenIdentifier("extended_key_usage", certificate.extendedKeyUsage)) {
        return broken;
    }
    return brokenIdentifier("policies", certificate.policies);
}

const std::vector<std::string>& knownLanguages() {
    static const std::vector<std::string> Languages{"nl", "en"};
    return Languages;
}

}  // namespace zegel::cardprofiles
