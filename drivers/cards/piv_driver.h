#pragma once

#include "drivers/cards/card_driver.h"
#include "drivers/cards/piv/abilities.h"
#include "drivers/cards/piv/application.h"

#include <memory>

namespace zegel::cards {

/// NIST SP 800-73 cards and tokens that also speak the administration extension (YubiKey 4 and
/// 5, PivApplet). Authenticity is slot 9C, authentication 9A, confidentiality 9D.
///
/// Presenting the PIN opens 9A and 9D for the session, and 9C for the one command that follows.
///
/// Without GET METADATA (firmware before 5.3) the chip says neither whether codes are the
/// factory's nor which keys it holds: `examine` then sees certificates only, and
/// `factoryDefaultsLeft` tries the factory values. That spends one try of the PUK, which only the
/// holder's own PUK can give back; the PIN's tries are made good.
class PivDriver final : public CardDriver {
public:
    /// Nothing when no PIV application answers; `answer` tells what did.
    /// Errors: CardUnsuitable when the chip cannot be told from another.
    static std::unique_ptr<PivDriver> meet(drivers::Channel& channel, iso7816::StatusWord& answer);

    const ChipIdentity& identity() const noexcept override { return identity_; }
    const Capabilities& capabilities() const noexcept override { return abilities_.capabilities; }

    ChipCondition examine() override;
    void openWithFactoryKeys() override;
    void openWithOwnKeys(CardKeys& keys) override;

    Bytes makeKey(Purpose purpose, KeyAlgorithm algorithm) override;
    void importKey(Purpose purpose, KeyAlgorithm algorithm, const SecretBytes& pkcs8) override;
    std::vector<Bytes> attestation(Purpose purpose) override;
    Bytes sign(Purpose purpose, KeyAlgorithm algorithm, SignatureScheme scheme,
               ByteView digest) override;
    SecretBytes recover(Purpose purpose, KeyAlgorithm algorithm, ByteView input) override;

    CodeVerdict presentPin(const SecretBytes& pin) override;
    CodeVerdict presentFactoryPin() override;
    std::optional<int> pinTriesLeft() override;
    std::optional<int> pukTriesLeft() override;
    void setTries(int pin, int puk) override;
    void replaceFactoryPin(const SecretBytes& pin) override;
    void replaceFactoryPuk(const SecretBytes& puk) override;
    void takeOver(CardKeys& keys) override;
    std::vector<std::string> factoryDefaultsLeft(const SecretBytes& pin) override;
    void reset() override;

    void writeCertificate(Purpose purpose, ByteView der) override;
    std::optional<Bytes> readCertificate(Purpose purpose) override;
    void imprint(const Imprint& imprint) override;

private:
    PivDriver(drivers::Channel& channel, ByteView properties);

    void readIdentity();
    std::optional<std::string> serialOfSilicon();
    void examineCodes(ChipCondition& condition);
    void examinePurpose(ChipCondition& condition, Purpose purpose);
    void requireAdministrable() const;
    std::optional<piv::Metadata> managementKey();
    std::vector<piv::ManagementCipher> likelyCiphers();
    void openWithFactoryManagementKey();
    SecretBytes ownManagementKey(CardKeys& keys, piv::ManagementCipher cipher) const;
    std::vector<std::string> factoryDefaultsTold();
    std::vector<std::string> factoryDefaultsTried(const SecretBytes& pin);
    void replaceFactoryCode(piv::CodeReference reference, const SecretBytes& code);
    void blockPin();
    void blockPuk();
    Bytes privateOperation(Purpose purpose, KeyAlgorithm algorithm, iso7816::Tag tag,
                           ByteView input, iso7816::CommandApdu::Body body);
    void put(iso7816::Tag tag, ByteView content, const std::string& what);

    drivers::Channel& channel_;
    piv::Application application_;
    Bytes properties_;
    piv::Abilities abilities_;
    ChipIdentity identity_;
    Bytes guid_;  ///< kept when the serial rests on it, else empty
    std::optional<piv::Version> version_;
    std::optional<Bytes> numberTold_;             ///< by GET SERIAL
    std::optional<piv::Metadata> managementKey_;  ///< asked once
    std::optional<Bytes> attestationIssuer_;      ///< read once: the same for all keys
};

}  // namespace zegel::cards
