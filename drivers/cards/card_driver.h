#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/failure.h"
#include "drivers/base/ids.h"
#include "drivers/base/purpose.h"
#include "drivers/base/secret.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::cards {

/// Who a chip says it is. Asked of the silicon or applet, never of the reader.
struct ChipIdentity {
    std::string family;    ///< "piv"
    ChipSerial serial;     ///< with the family in front, so families cannot collide
    std::string firmware;  ///< "5.7.1", or empty when it does not say
};

/// What a code (PIN, PUK) may be on this family, in ASCII digits.
struct CodeRule {
    std::size_t shortest;
    std::size_t longest;
};

/// What takes the place of a PUK.
enum class Unblocking {
    Puk,               ///< a code the holder types
    SecurityOfficer,   ///< a second PIN kept at the office (PKCS#11's SO PIN)
    AdministratorKey,  ///< challenge and response (GIDS)
    None
};

/// What this chip, in this firmware, can do. Asked of the chip where it tells, else taken from
/// what its version is known to have.
struct Capabilities {
    std::vector<Purpose> purposes;
    std::vector<KeyAlgorithm> generates;
    std::vector<KeyAlgorithm> imports;
    CodeRule pin{};
    std::optional<CodeRule> puk;
    Unblocking unblocking = Unblocking::None;
    bool setsTries = false;               ///< PIN and PUK tries can be chosen
    bool attests = false;                 ///< signs that a key was made on the chip
    bool tellsFactoryDefaults = false;    ///< says by itself whether a factory code or key is left
    bool resets = false;                  ///< can be made blank again without its codes
    std::size_t certificateCapacity = 0;  ///< octets of one stored certificate at most
};

/// What is on it before we touch it.
struct ChipCondition {
    /// Why the chip is not blank, in words an operator reads ("a certificate for authenticity",
    /// "the PIN is not the factory's"); empty when blank.
    std::vector<std::string> notBlank;
    std::optional<int> pinTriesLeft;
    std::optional<int> pukTriesLeft;

    bool isBlank() const noexcept { return notBlank.empty(); }
};

/// Keys that belong to one chip and nobody's memory: diversified from the station's master key.
class CardKeys {
public:
    virtual ~CardKeys() = default;
    /// `role` is the driver's word for the key ("management"); the same chip, role and length
    /// always give the same key. Errors: TokenUnavailable.
    virtual SecretBytes key(const ChipIdentity& chip, std::string_view role,
                            std::size_t length) = 0;

protected:
    CardKeys() = default;
    CardKeys(const CardKeys&) = default;
    CardKeys& operator=(const CardKeys&) = default;
};

/// What the chip said to a code.
struct CodeVerdict {
    bool accepted = false;
    std::optional<int> triesLeft;  ///< after a refusal, when the chip says; 0 is blocked
};

/// The chip's own rules find a code too weak; nothing was changed, another code may do.
class CodeTooWeak : public Failure {
public:
    explicit CodeTooWeak(std::string message, Origin origin = Origin::here())
        : Failure(Fault::CardRefused, std::move(message), origin) {}
};

/// What identifies a card to the host it is plugged into (PIV: CHUID and CCC).
struct Imprint {
    TimePoint expires;  ///< the earliest end of its certificates
};

/// One chip's family, spoken in purposes. Made by the registry (drivers/cards/registry.h) over a
/// channel to a chip that was just met, and used for one session. Every verb that changes the
/// chip says whether it can be repeated.
///
/// Errors of every verb, besides those named: CardPulled, ReaderUnavailable from the channel;
/// CardRefused for a status word it cannot continue from, naming the command and the status.
class CardDriver {
public:
    virtual ~CardDriver() = default;
    CardDriver(const CardDriver&) = delete;
    CardDriver& operator=(const CardDriver&) = delete;

    virtual const ChipIdentity& identity() const noexcept = 0;
    virtual const Capabilities& capabilities() const noexcept = 0;

    /// Looks, changes nothing, spends no try.
    virtual ChipCondition examine() = 0;

    /// Authenticates both ways with the family's published factory keys and presents the factory
    /// PIN, so that keys can be made and used before the chip is guarded.
    /// Errors: CardUnsuitable when they are not the factory's; CardUntrusted when the chip
    /// cannot prove that it knows the key.
    virtual void openWithFactoryKeys() = 0;

    /// Authenticates both ways with the chip's own keys. Errors: CardUntrusted.
    virtual void openWithOwnKeys(CardKeys& keys) = 0;

    /// Makes a key on the chip, replacing any. Gives the SubjectPublicKeyInfo in DER.
    /// Errors: CardUnsuitable when the chip has no room or not the algorithm.
    virtual Bytes makeKey(Purpose purpose, KeyAlgorithm algorithm) = 0;

    /// Puts a key made elsewhere (PKCS#8 PrivateKeyInfo in DER) on the chip, replacing any.
    virtual void importKey(Purpose purpose, KeyAlgorithm algorithm, const SecretBytes& pkcs8) = 0;

    /// The chip's statement that it made the key of this purpose itself: the attestation
    /// certificate and then its issuer's, in DER; empty when the chip cannot attest. Who vouches
    /// for the issuer is for the caller to find out. Errors: CardUntrusted when the statement
    /// contradicts what the chip says of itself, or tells that the key asks for its PIN otherwise
    /// than a key of this purpose does.
    virtual std::vector<Bytes> attestation(Purpose purpose) = 0;

    /// Presents the PIN. Repeat directly before each use of a key that asks for it every time.
    virtual CodeVerdict presentPin(const SecretBytes& pin) = 0;
    /// Presents the factory PIN: before the chip is guarded, in place of `presentPin`.
    virtual CodeVerdict presentFactoryPin() = 0;
    /// Tries without spending one; nothing when the chip cannot say.
    virtual std::optional<int> pinTriesLeft() = 0;
    /// The same for the PUK. Nothing where only a wrong PUK would tell: that costs a try which only
    /// the holder's own PUK can give back.
    virtual std::optional<int> pukTriesLeft() = 0;

    /// Signs a digest of the scheme's own hash; the signature as X.509 wants it (ECDSA: DER).
    /// The PIN has to be presented before. Errors: CardRefused (6982: no PIN).
    virtual Bytes sign(Purpose purpose, KeyAlgorithm algorithm, SignatureScheme scheme,
                       ByteView digest) = 0;

    /// The chip's private-key operation for confidentiality: for RSA the raw decrypted block, for
    /// EC the x-coordinate shared with `input`, an uncompressed point (NIST SP 800-73 part 2).
    virtual SecretBytes recover(Purpose purpose, KeyAlgorithm algorithm, ByteView input) = 0;

    /// Errors: CardUnsuitable when the certificate does not fit.
    virtual void writeCertificate(Purpose purpose, ByteView der) = 0;
    /// As it stands on the chip (unpacked); nothing when there is none.
    virtual std::optional<Bytes> readCertificate(Purpose purpose) = 0;
    /// A fresh identity for the host's caches. Repeating it makes another one.
    virtual void imprint(const Imprint& imprint) = 0;

    /// Chooses the tries of PIN and PUK. May put both back to the factory's: call it first.
    virtual void setTries(int pin, int puk) = 0;
    /// From the factory's to ours. Errors: CodeTooWeak when the chip's own rules refuse it.
    virtual void replaceFactoryPin(const SecretBytes& pin) = 0;
    virtual void replaceFactoryPuk(const SecretBytes& puk) = 0;
    /// Rotates every factory key to the chip's own.
    virtual void takeOver(CardKeys& keys) = 0;

    /// Names what still has its factory value: "PIN", "PUK", "management key". Spends a try of a
    /// code where the chip does not tell by itself, and makes it good again with `pin`.
    virtual std::vector<std::string> factoryDefaultsLeft(const SecretBytes& pin) = 0;

    /// Blank again, codes and keys included. Errors: CardUnsuitable when the family cannot.
    virtual void reset() = 0;

protected:
    CardDriver() = default;
};

}  // namespace zegel::cards
