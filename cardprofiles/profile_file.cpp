#include "cardprofiles/profile_file.h"

#include "cardprofiles/profile_rules.h"
#include "config/strict_table.h"
#include "drivers/base/failure.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace zegel::cardprofiles {
namespace {

using config::StrictTable;

/// Names that travel: into orders, messages and file names.
bool isName(std::string_view text) {
    return !text.empty() && text.size() <= 64 && text.front() != '-' &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

std::string nameIn(const StrictTable& table, std::string_view key) {
    std::string name = table.text(key);
    if (!isName(name)) table.refuse(key, "use lower-case letters, digits and hyphens only");
    return name;
}

/// Also tells a number that would be read wrongly from one that the letter cannot show:
/// 4 to 12 digits are ISO 9564-1's, 15 tries are what half an octet counts.
CodeRule codeIn(const StrictTable& table) {
    return {.digits = table.number("digits", 4, 12), .tries = table.number("tries", 1, 15)};
}

CertificateRule certificateIn(const StrictTable& table) {
    return {.authorityProfile = nameIn(table, "authority_profile"),
            .requestSignature = table.choice<SignatureScheme>(
                "request_signature", {{"rsa-pkcs1-sha256", SignatureScheme::RsaPkcs1Sha256},
                                      {"rsa-pss-sha512", SignatureScheme::RsaPssSha512},
                                      {"ecdsa-sha256", SignatureScheme::EcdsaSha256},
                                      {"ecdsa-sha384", SignatureScheme::EcdsaSha384}}),
            .keyUsage = table.texts("key_usage"),
            .extendedKeyUsage = table.textsIfAny("extended_key_usage"),
            .policies = table.texts("policies"),
            .longestValidityDays = table.number("longest_validity_days", 1, 3653)};
}

Attestation attestationIn(const StrictTable& table) {
    if (!table.has("attestation")) return Attestation::None;
    return table.choice<Attestation>("attestation", {{"required", Attestation::Required},
                                                     {"wanted", Attestation::Wanted},
                                                     {"none", Attestation::None}});
}

KeyRule keyIn(const StrictTable& table) {
    const StrictTable certificate =
        table.table("certificate", {"authority_profile", "request_signature", "key_usage",
                                    "extended_key_usage", "policies", "longest_validity_days"});
    KeyRule key{
        .purpose =
            table.choice<Purpose>("purpose", {{"authenticity", Purpose::Authenticity},
                                              {"authentication", Purpose::Authentication},
                                              {"confidentiality", Purpose::Confidentiality}}),
        .algorithm = table.choice<KeyAlgorithm>("algorithm", {{"p-256", KeyAlgorithm::EcP256},
                                                              {"p-384", KeyAlgorithm::EcP384},
                                                              {"rsa-2048", KeyAlgorithm::Rsa2048},
                                                              {"rsa-3072", KeyAlgorithm::Rsa3072},
                                                              {"rsa-4096", KeyAlgorithm::Rsa4096}}),
        .origin = table.choice<KeyOrigin>(
            "origin", {{"on-chip", KeyOrigin::OnChip}, {"in-station", KeyOrigin::InStation}}),
        .sharedByGroup = table.flagOr("shared_by_group", false),
        .escrow = table.flagOr("escrow", false),
        .attestation = attestationIn(table),
        .certificate = certificateIn(certificate)};
    if (const auto broken = brokenRuleOf(key)) table.refuse(broken->key, broken->message);
    if (const auto broken = brokenCertificateRuleOf(key)) {
        certificate.refuse(broken->key, broken->message);
    }
    return key;
}

std::vector<KeyRule> keysIn(const StrictTable& file) {
    std::vector<KeyRule> keys;
    for (const StrictTable& table :
         file.tables("key", {"purpose", "algorithm", "origin", "shared_by_group", "escrow",
                             "attestation", "certificate"})) {
        const KeyRule key = keyIn(table);
        const bool twice = std::any_of(keys.begin(), keys.end(), [&](const KeyRule& other) {
            return other.purpose == key.purpose;
        });
        if (twice) {
            table.refuse("purpose", "there is a key for " + std::string(nameOf(key.purpose)) +
                                        " already; a card has one key for a purpose");
        }
        keys.push_back(key);
    }
    return keys;
}

SubjectRule subjectIn(const StrictTable& file) {
    const StrictTable table =
        file.table("subject", {"longest_common_name", "longest_organisation", "common_name_prefix",
                               "organisation_identifier_required", "oin_allowed"});
    SubjectRule rule;
    // RFC 5280 appendix A: both upper bounds are 64 characters.
    rule.longestCommonName =
        static_cast<std::size_t>(table.numberOr("longest_common_name", 1, 64, 64));
    rule.longestOrganisation =
        static_cast<std::size_t>(table.numberOr("longest_organisation", 1, 64, 64));
    rule.commonNamePrefix = table.textOr("common_name_prefix", "");
    rule.organisationIdentifierRequired = table.flagOr("organisation_identifier_required", true);
    rule.oinAllowed = table.flagOr("oin_allowed", false);
    if (rule.commonNamePrefix.size() >= rule.longestCommonName) {
        table.refuse("common_name_prefix", "leaves no room for a name; shorten it");
    }
    return rule;
}

std::vector<std::string> languagesIn(const StrictTable& file) {
    auto languages = file.texts("languages");
    const auto& known = knownLanguages();
    for (const auto& language : languages) {
        if (std::find(known.begin(), known.end(), language) != known.end()) continue;
        file.refuse("languages", "\"" + language + "\" is not a language of letters; use " +
                                     config::eitherOf({known.begin(), known.end()}));
    }
    return languages;
}

/// Those of the shipped templates where nothing is said.
LetterCharacters letterCharactersIn(const StrictTable& file) {
    if (!file.has("letter_characters")) return shippedLetterCharacters();
    LetterCharacters all;
    for (const auto& text : file.texts("letter_characters")) {
        const auto range = characterRangeFrom(text);
        if (!range) {
            file.refuse(
                "letter_characters",
                "\"" + text + "\" is no range of characters; write it as in \"U+0041-U+005A\"");
        }
        all.push_back(*range);
    }
    return all;
}

std::vector<std::string> familiesIn(const StrictTable& file) {
    auto families = file.texts("families");
    if (!std::all_of(families.begin(), families.end(), isName)) {
        file.refuse("families", "use lower-case letters, digits and hyphens only, as in \"piv\"");
    }
    return families;
}

int receiptDeadlineIn(const StrictTable& file, ReleaseRule release) {
    if (release == ReleaseRule::AfterReceipt) return file.number("receipt_deadline_days", 1, 366);
    if (file.has("receipt_deadline_days")) {
        file.refuse("receipt_deadline_days",
                    "means nothing when the letter goes after dispatch; remove it, or write "
                    "release = \"after-receipt\"");
    }
    return 0;
}

std::optional<int> receiptReminderIn(const StrictTable& file, int deadline) {
    if (!file.has("receipt_reminder_days")) return std::nullopt;
    const auto days = file.number("receipt_reminder_days", 1, 366);
    if (days >= deadline) {
        file.refuse("receipt_reminder_days",
                    "comes no sooner than receipt_deadline_days, which only a letter that waits "
                    "for a receipt has; write fewer days, or remove it");
    }
    return days;
}

}  // namespace

Profile readProfile(const std::string& path) {
    const StrictTable file =
        StrictTable::read(path, {"title", "carrier", "families", "release", "receipt_deadline_days",
                                 "receipt_reminder_days", "letter", "letter_characters",
                                 "languages", "pin", "puk", "revocation", "subject", "key"});
    Profile profile;
    profile.name = std::filesystem::path(path).stem().string();
    if (!isName(profile.name)) {
        throw Failure(Fault::SettingUnusable,
                      path +
                          ": a profile is named after its file; use lower-case letters, digits "
                          "and hyphens only");
    }
    profile.title = file.text("title");
    profile.carrier = file.choice<Carrier>(
        "carrier", {{"smart-card", Carrier::SmartCard}, {"usb-token", Carrier::UsbToken}});
    profile.families = familiesIn(file);
    profile.keys = keysIn(file);
    profile.pin = codeIn(file.table("pin", {"digits", "tries"}));
    if (const auto puk = file.optionalTable("puk", {"digits", "tries"})) profile.puk = codeIn(*puk);
    profile.revocation.symbols = file.table("revocation", {"symbols"}).number("symbols", 8, 24);
    profile.subject = subjectIn(file);
    profile.release =
        file.choice<ReleaseRule>("release", {{"after-receipt", ReleaseRule::AfterReceipt},
                                             {"after-dispatch", ReleaseRule::AfterDispatch}});
    profile.receiptDeadlineDays = receiptDeadlineIn(file, profile.release);
    profile.receiptReminderDays = receiptReminderIn(file, profile.receiptDeadlineDays);
    profile.letter = nameIn(file, "letter");
    profile.letterCharacters = letterCharactersIn(file);
    profile.languages = languagesIn(file);
    return profile;
}

Profiles readProfiles(const std::string& directory) {
    std::error_code problem;
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(directory, problem)) {
        if (entry.path().extension() == ".toml") paths.push_back(entry.path().string());
    }
    if (problem) {
        throw Failure(Fault::SettingUnusable,
                      directory + ": cannot be listed (" + problem.message() +
                          "); name the directory that holds the card profiles");
    }
    if (paths.empty()) {
        throw Failure(Fault::SettingUnusable,
                      directory + ": holds no card profile (*.toml); put at least one there");
    }
    std::sort(paths.begin(), paths.end());
    Profiles profiles;
    for (const auto& path : paths) {
        Profile profile = readProfile(path);
        profiles.emplace(profile.name, std::move(profile));
    }
    return profiles;
}

}  // namespace zegel::cardprofiles
