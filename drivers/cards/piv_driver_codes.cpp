#include "drivers/base/entropy.h"
#include "drivers/cards/piv_driver.h"

#include <algorithm>

namespace zegel::cards {
namespace {

namespace sw = iso7816::sw;
using iso7816::StatusWord;
using piv::Authentication;
using piv::CodeReference;
using piv::ManagementCipher;

constexpr std::size_t LongestCode = 8;
constexpr int MostTries = 255;

SecretBytes factoryPin() {
    return piv::padded(secretOf(bytesOf("123456")));
}

SecretBytes factoryPuk() {
    return piv::padded(secretOf(bytesOf("12345678")));
}

/// Eight digits that are nobody's code, to spend a try with.
SecretBytes digitsOfNobody() {
    auto octets = randomBytes(LongestCode);
    for (auto& octet : octets)
        octet = static_cast<std::uint8_t>('0' + octet % 10);
    return SecretBytes{std::move(octets)};
}

bool isBlocked(StatusWord status) {
    return status == sw::AuthenticationBlocked || status.triesLeft() == 0;
}

CodeVerdict verdictOf(StatusWord status, std::string_view command) {
    if (status == sw::Ok) return {.accepted = true, .triesLeft = std::nullopt};
    if (isBlocked(status)) return {.accepted = false, .triesLeft = 0};
    if (const auto left = status.triesLeft()) return {.accepted = false, .triesLeft = left};
    throw piv::refusal(command, status);
}

const char* nameOf(CodeReference reference) {
    return reference == CodeReference::Pin ? "PIN" : "PUK";
}

}  // namespace

void PivDriver::requireAdministrable() const {
    if (abilities_.administrable) return;
    throw Failure{Fault::CardUnsuitable,
                  "this PIV card has no commands to set its tries and management key, so it cannot "
                  "be made safe to issue; take a card that speaks the administration extension"};
}

std::vector<ManagementCipher> PivDriver::likelyCiphers() {
    const auto told = managementKey();
    const auto cipher =
        told && told->algorithm ? piv::managementCipherWithId(*told->algorithm) : std::nullopt;
    if (cipher) return {*cipher};
    return abilities_.managementCiphers;
}

void PivDriver::openWithFactoryKeys() {
    requireAdministrable();
    openWithFactoryManagementKey();
    const auto verdict = presentFactoryPin();
    if (verdict.accepted) return;
    throw Failure{Fault::CardUnsuitable,
                  "the card is not blank: its PIN is not the factory's; take another card, or "
                  "reset this one if nobody needs it"};
}

void PivDriver::openWithFactoryManagementKey() {
    const auto notBlank = [] {
        return Failure{Fault::CardUnsuitable,
                       "the card is not blank: its management key is not the factory's; take "
                       "another card, or reset this one if nobody needs it"};
    };
    const auto told = managementKey();
    if (told && told->isFactory == false) throw notBlank();
    for (const auto cipher : likelyCiphers()) {
        switch (authenticateManagement(application_, cipher, piv::factoryManagementKey(cipher))) {
            case Authentication::Proved: return;
            case Authentication::OtherCipher: continue;
            case Authentication::OtherKey: throw notBlank();
        }
    }
    throw notBlank();
}

/// 3DES calls a few keys weak; the next role's key then takes the place, in every session alike.
SecretBytes PivDriver::ownManagementKey(CardKeys& keys, ManagementCipher cipher) const {
    for (const std::string_view role : {"management", "management 2", "management 3"}) {
        auto key = piv::fitted(cipher, keys.key(identity_, role, piv::keyLength(cipher)));
        if (key) return std::move(*key);
    }
    throw Failure{Fault::Defect, "three diversified keys in a row are weak"};
}

void PivDriver::openWithOwnKeys(CardKeys& keys) {
    requireAdministrable();
    for (const auto cipher : likelyCiphers()) {
        const auto key = ownManagementKey(keys, cipher);
        const auto outcome = authenticateManagement(application_, cipher, key);
        if (outcome == Authentication::Proved) return;
        if (outcome == Authentication::OtherKey) break;
    }
    throw Failure{Fault::CardUntrusted,
                  "the card's management key is not the one this station gave it; it was made by "
                  "another station, or somebody changed the key"};
}

CodeVerdict PivDriver::presentPin(const SecretBytes& pin) {
    return verdictOf(application_.verify(piv::padded(pin)), "VERIFY");
}

CodeVerdict PivDriver::presentFactoryPin() {
    return verdictOf(application_.verify(factoryPin()), "VERIFY");
}

std::optional<int> PivDriver::pinTriesLeft() {
    const auto metadata = application_.metadata(static_cast<std::uint8_t>(CodeReference::Pin));
    if (metadata && metadata->triesLeft) return metadata->triesLeft;
    // 9000 says that the PIN is presented already, and no more.
    return verdictOf(application_.verify(SecretBytes{}), "VERIFY").triesLeft;
}

std::optional<int> PivDriver::pukTriesLeft() {
    const auto metadata = application_.metadata(static_cast<std::uint8_t>(CodeReference::Puk));
    return metadata ? metadata->triesLeft : std::nullopt;
}

void PivDriver::setTries(int pin, int puk) {
    requireAdministrable();
    if (pin < 1 || puk < 1 || pin > MostTries || puk > MostTries) {
        throw Failure{Fault::Defect, "tries of PIN and PUK are 1 to 255"};
    }
    auto status = application_.setTries(pin, puk);
    if (status == sw::SecurityStatusNotSatisfied && presentFactoryPin().accepted) {
        status = application_.setTries(pin, puk);
    }
    if (status != sw::Ok) throw piv::refusal("SET PIN RETRIES", status);
    // Both codes are the factory's again, and nothing is presented: leave it as it was found.
    if (!presentFactoryPin().accepted) {
        throw Failure{Fault::CardUntrusted,
                      "the chip refuses the factory PIN after its tries were set; reject the card"};
    }
}

void PivDriver::replaceFactoryPin(const SecretBytes& pin) {
    replaceFactoryCode(CodeReference::Pin, pin);
}

void PivDriver::replaceFactoryPuk(const SecretBytes& puk) {
    replaceFactoryCode(CodeReference::Puk, puk);
}

void PivDriver::replaceFactoryCode(CodeReference reference, const SecretBytes& code) {
    const std::string name{nameOf(reference)};
    const auto factory = reference == CodeReference::Pin ? factoryPin() : factoryPuk();
    const auto status = application_.changeCode(reference, factory, piv::padded(code));
    if (status == sw::Ok) return;
    // QUIRK(YubiKey, 5.7 with PIN complexity): 6985. PivApplet: 6A80 for what is not digits.
    if (status == sw::ConditionsNotSatisfied || status == sw::WrongData) {
        throw CodeTooWeak{"the chip finds the " + name + " too weak; try another"};
    }
    if (isBlocked(status) || status.triesLeft()) {
        throw Failure{Fault::CardRefused,
                      "the chip's " + name + " is not the factory's: " + describe(status)};
    }
    throw piv::refusal("CHANGE REFERENCE DATA of the " + name, status);
}

void PivDriver::takeOver(CardKeys& keys) {
    requireAdministrable();
    StatusWord last = sw::FunctionNotSupported;
    for (const auto cipher : abilities_.managementCiphers) {
        const auto key = ownManagementKey(keys, cipher);
        last = application_.setManagementKey(static_cast<std::uint8_t>(cipher), key);
        if (last == sw::Ok) {
            managementKey_.reset();
            return;
        }
        // Not this cipher; 6700 from chips that expect 24 octets only.
        const bool next = last == sw::WrongData || last == sw::WrongParameters ||
                          last == sw::FunctionNotSupported || last == sw::WrongLength ||
                          last == sw::WrongParameterValues;
        if (!next) break;
    }
    throw piv::refusal("SET MANAGEMENT KEY", last);
}

std::vector<std::string> PivDriver::factoryDefaultsLeft(const SecretBytes& pin) {
    managementKey_.reset();
    auto left = factoryDefaultsTold();
    if (application_.offersMetadata()) return left;
    return factoryDefaultsTried(pin);
}

std::vector<std::string> PivDriver::factoryDefaultsTold() {
    std::vector<std::string> left;
    // A chip that does not deny it may well have it.
    const auto judge = [&](const std::optional<piv::Metadata>& metadata, const char* name) {
        if (!metadata || metadata->isFactory.value_or(true)) left.emplace_back(name);
    };
    judge(application_.metadata(static_cast<std::uint8_t>(CodeReference::Pin)), "PIN");
    judge(application_.metadata(static_cast<std::uint8_t>(CodeReference::Puk)), "PUK");
    judge(managementKey(), "management key");
    return left;
}

std::vector<std::string> PivDriver::factoryDefaultsTried(const SecretBytes& pin) {
    std::vector<std::string> left;
    if (presentFactoryPin().accepted) left.emplace_back("PIN");
    // Unblocking to the PIN it has changes nothing where the factory PUK still works.
    if (application_.unblock(factoryPuk(), piv::padded(pin)) == sw::Ok) left.emplace_back("PUK");
    for (const auto cipher : abilities_.managementCiphers) {
        const auto outcome =
            authenticateManagement(application_, cipher, piv::factoryManagementKey(cipher));
        if (outcome == Authentication::Proved) left.emplace_back("management key");
        if (outcome != Authentication::OtherCipher) break;
    }
    if (!presentPin(pin).accepted) {
        throw Failure{Fault::CardUntrusted,
                      "the chip refuses its own PIN after the factory's was tried"};
    }
    return left;
}

void PivDriver::reset() {
    requireAdministrable();
    blockPin();
    blockPuk();
    const auto status = application_.reset();
    if (status != sw::Ok) throw piv::refusal("RESET", status);
    managementKey_.reset();
    application_.select();
    // QUIRK(PivApplet, all): a reset draws a new serial number.
    readIdentity();
}

void PivDriver::blockPin() {
    for (int tries = 0; tries <= MostTries; ++tries) {
        if (isBlocked(application_.verify(digitsOfNobody()))) return;
    }
    throw Failure{Fault::CardRefused, "the chip does not block its PIN, so it cannot be reset"};
}

void PivDriver::blockPuk() {
    for (int tries = 0; tries <= MostTries; ++tries) {
        if (isBlocked(application_.unblock(digitsOfNobody(), digitsOfNobody()))) return;
    }
    throw Failure{Fault::CardRefused, "the chip does not block its PUK, so it cannot be reset"};
}

}  // namespace zegel::cards
