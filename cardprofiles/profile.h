#pragma once

#include "cardprofiles/letter_characters.h"
#include "drivers/base/purpose.h"

#include <optional>
#include <string>
#include <vector>

namespace zegel::cardprofiles {

enum class Carrier { SmartCard, UsbToken };
/// What lets the letter go: a property of the product, not of the code.
enum class ReleaseRule { AfterReceipt, AfterDispatch };
enum class KeyOrigin {
    OnChip,    ///< made by the chip, never leaves it
    InStation  ///< made by the station and imported; confidentiality only
};

/// Which certificate the CA is asked for, and what must come back.
struct CertificateRule {
    std::string authorityProfile;               ///< the CA's own name for it
    SignatureScheme requestSignature{};         ///< of the PKCS#10 request
    std::vector<std::string> keyUsage;          ///< RFC 5280 4.2.1.3 names: "digitalSignature"
    std::vector<std::string> extendedKeyUsage;  ///< OIDs, dotted
    std::vector<std::string> policies;          ///< certificate policy OIDs, dotted
    int longestValidityDays = 0;                ///< a certificate valid longer is refused
};

/// Whether a chip has to prove that it made a key itself.
enum class Attestation {
    None,     ///< it is not asked
    Wanted,   ///< a chip that attests has to prove it; one that does not attest will do
    Required  ///< and one that gives no proof is refused
};

struct KeyRule {
    Purpose purpose{};
    KeyAlgorithm algorithm{};
    KeyOrigin origin = KeyOrigin::OnChip;
    bool sharedByGroup = false;  ///< several cards of one group carry the same key
    bool escrow = false;         ///< a copy sealed to the recovery certificate
    Attestation attestation = Attestation::None;
    CertificateRule certificate;
};

/// One numeric code of the holder.
struct CodeRule {
    int digits = 0;
    int tries = 0;
};

/// Alphabet and check symbol are fixed (pinmailer/seal); only the length is a matter of product.
struct RevocationRule {
    int symbols = 0;  ///< check symbol included; a multiple of four reads best
};

/// What a subject of this product must and may say.
struct SubjectRule {
    std::size_t longestCommonName = 64;          ///< RFC 5280 ub-common-name
    std::size_t longestOrganisation = 64;        ///< RFC 5280 ub-organization-name
    std::string commonNamePrefix;                ///< "TRIAL " on trial hierarchies, else empty
    bool organisationIdentifierRequired = true;  ///< NTRNL- and eight digits
    bool oinAllowed = false;                     ///< serialNumber of twenty digits
};

/// One product: everything that differs between two kinds of card. Read from TOML and checked
/// whole before the station starts (profile_file.h).
struct Profile {
    std::string name;   ///< file name without ".toml", what an order quotes
    std::string title;  ///< what an operator reads
    Carrier carrier{};
    std::vector<std::string> families;  ///< chip families that may carry it, best first: "piv"
    std::vector<KeyRule> keys;          ///< in the order they are made; one per purpose
    CodeRule pin;
    std::optional<CodeRule> puk;
    RevocationRule revocation;
    SubjectRule subject;
    ReleaseRule release = ReleaseRule::AfterReceipt;
    int receiptDeadlineDays = 42;            ///< after that the card is proposed to be revoked
    std::optional<int> receiptReminderDays;  ///< none: nobody is reminded before
    std::string letter;                      ///< template name: "pin-letter"
    /// What that template's typefaces print.
    LetterCharacters letterCharacters = shippedLetterCharacters();
    std::vector<std::string> languages;  ///< "nl", "en"
};

std::string_view nameOf(Carrier carrier) noexcept;   // "smart-card", "usb-token"
std::string_view nameOf(ReleaseRule rule) noexcept;  // "after-receipt", "after-dispatch"
std::string_view nameOf(KeyOrigin origin) noexcept;  // "on-chip", "in-station"

}  // namespace zegel::cardprofiles
