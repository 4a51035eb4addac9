#include "drivers/cards/piv/abilities.h"

#include <algorithm>
#include <set>

namespace zegel::piv {
namespace {

constexpr Version FirstWithCurve384{4, 0, 0};
constexpr Version FirstWithAttestation{4, 3, 0};
constexpr Version FirstWithRsaFlaw{4, 2, 6};
constexpr Version FirstWithoutRsaFlaw{4, 3, 5};
constexpr Version FirstWithMetadata{5, 3, 0};
constexpr Version FirstWithAesManagement{5, 4, 0};
constexpr Version FirstWithLongRsa{5, 7, 0};

/// Octets inside 53: what Yubico says of firmware 4 and up; yubico-piv-tool's limit for the NEO;
/// the smallest container of the standard ([SP 800-73-5] part 1, table 7) elsewhere.
constexpr std::size_t ObjectCapacity = 3052;
constexpr std::size_t NeoObjectCapacity = 2039;
constexpr std::size_t StandardObjectCapacity = 1905;
constexpr std::size_t CertificateOverhead = 9;  ///< 70 82 xx xx, 71 01 00, FE 00

/// P-256 where the card hashes by itself and takes no digest.
constexpr std::uint8_t EcP256HashingOnCard = 0xF1;

using AlgorithmIds = std::set<std::uint8_t>;

/// Identifiers in AC templates. The standard has them for secure messaging only.
AlgorithmIds listedIn(ByteView properties) {
    AlgorithmIds ids;
    iso7816::TlvReader reader{properties};
    while (const auto item = reader.next()) {
        if (item->tag != 0xAC) continue;
        iso7816::TlvReader inside{item->value};
        while (const auto id = inside.next()) {
            if (id->tag == 0x80 && id->value.size() == 1) ids.insert(id->value[0]);
        }
    }
    return ids;
}

// QUIRK(PivApplet, all): tells version 5.4.0 whatever it can do, and lists what it can do in AC
// templates: 03 for 3DES, 0C for every AES, 07 for RSA up to 2048, 11 and 14 where the card has
// the curve. Builds for cards without raw ECDSA list F0 and F1; they cannot sign a digest.
std::vector<KeyAlgorithm> keysListed(const AlgorithmIds& ids) {
    std::vector<KeyAlgorithm> algorithms;
    for (const auto id : ids) {
        const auto algorithm = algorithmWithId(id);
        if (!algorithm) continue;
        if (algorithm == KeyAlgorithm::EcP256 && ids.contains(EcP256HashingOnCard)) continue;
        algorithms.push_back(*algorithm);
    }
    return algorithms;
}

bool listsKeys(const AlgorithmIds& ids) {
    return std::ranges::any_of(ids, [](auto id) { return algorithmWithId(id).has_value(); });
}

std::vector<KeyAlgorithm> keysOf(Version version) {
    std::vector algorithms{KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256};
    if (version >= FirstWithCurve384) algorithms.push_back(KeyAlgorithm::EcP384);
    if (version >= FirstWithLongRsa) {
        algorithms.push_back(KeyAlgorithm::Rsa3072);
        algorithms.push_back(KeyAlgorithm::Rsa4096);
    }
    return algorithms;
}

std::vector<ManagementCipher> ciphersListed(const AlgorithmIds& ids) {
    const bool aes = std::ranges::any_of(AllManagementCiphers, [&](ManagementCipher cipher) {
        return cipher != ManagementCipher::TripleDes &&
               ids.contains(static_cast<std::uint8_t>(cipher));
    });
    std::vector<ManagementCipher> ciphers;
    for (const auto cipher : AllManagementCiphers) {
        const bool listed = ids.contains(static_cast<std::uint8_t>(cipher));
        if (cipher == ManagementCipher::TripleDes ? listed : aes) ciphers.push_back(cipher);
    }
    return ciphers;
}

std::vector<ManagementCipher> ciphersOf(std::optional<Version> version) {
    if (version && *version < FirstWithAesManagement) return {ManagementCipher::TripleDes};
    return {AllManagementCiphers.begin(), AllManagementCiphers.end()};
}

}  // namespace

Abilities abilitiesOf(ByteView properties, std::optional<Version> version) {
    const auto ids = listedIn(properties);
    const bool lists = listsKeys(ids);
    Abilities abilities;
    auto& can = abilities.capabilities;
    can.purposes.assign(AllPurposes.begin(), AllPurposes.end());
    can.generates = lists ? keysListed(ids) : keysOf(version.value_or(FirstWithCurve384));
    can.pin = {6, 8};
    can.puk = cards::CodeRule{8, 8};
    can.unblocking = cards::Unblocking::Puk;
    abilities.managementCiphers = lists ? ciphersListed(ids) : ciphersOf(version);
    abilities.objectCapacity = StandardObjectCapacity;
    if (version) {
        abilities.administrable = true;
        abilities.objectCapacity =
            *version < FirstWithCurve384 ? NeoObjectCapacity : ObjectCapacity;
        can.imports = can.generates;
        can.puk = cards::CodeRule{6, 8};
        can.setsTries = true;
        can.resets = true;
        can.attests = *version >= FirstWithAttestation;
        can.tellsFactoryDefaults = *version >= FirstWithMetadata;
        // QUIRK(YubiKey 4, 4.2.6 to 4.3.4): RSA keys made on the chip can be factored
        // (CVE-2017-15361); imported ones are sound.
        if (!lists && *version >= FirstWithRsaFlaw && *version < FirstWithoutRsaFlaw) {
            std::erase_if(can.generates, isRsa);
        }
    }
    can.certificateCapacity = abilities.objectCapacity - CertificateOverhead;
    return abilities;
}

}  // namespace zegel::piv
