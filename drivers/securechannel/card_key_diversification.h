#pragma once

#include "drivers/base/cmac_key.h"
#include "drivers/base/secret.h"

namespace zegel::securechannel {

/// The key of a set of three, by its number in the schemes below.
enum class CardKeyRole : std::uint8_t { Encryption = 1, Mac = 2, KeyEncryption = 3 };

/// How a card's maker made its keys out of one master key and the card's ten key diversification
/// octets (KDD, from INITIALIZE UPDATE). For cards that arrive under such keys; the station's own
/// keys are made by diversification.h.
///
/// Masters are two-key triple DES, 16 octets, and so is what they make: encryptions of
/// `x ‖ F0 ‖ role ‖ x ‖ 0F ‖ role`, x being six octets of the KDD: 0, 1 and 4 to 7 (VISA2), or
/// 4 to 9 (EMV CPS).
/// Errors of all three: Defect when the master or the KDD has another length.
///
/// Source: EMV Card Personalization Specification v1.1 for the latter; VISA2 and KDF3 are
/// what the makers' and GlobalPlatformPro's key schemes of these names do.
SecretBytes diversifyVisa2(const SecretBytes& master, ByteView kdd, CardKeyRole role);
SecretBytes diversifyEmvCps(const SecretBytes& master, ByteView kdd, CardKeyRole role);

/// The same for AES ("KDF3"), for SCP03 cards: blocks of CMAC(counter, 8, from 1 ‖ 00 00 00 ‖
/// role ‖ 00 ‖ KDD), joined and cut to 16, 24 or 32 octets.
/// Errors, besides: TokenUnavailable from the master key.
SecretBytes diversifyKdf3(CmacKey& master, ByteView kdd, CardKeyRole role, std::size_t length);

/// The three octets by which people and PUT KEY compare two-key triple DES keys: the first of a
/// block of zeros encrypted under it. Errors: Defect when the key is not 16 octets.
Bytes tripleDesCheckValue(const SecretBytes& key);

}  // namespace zegel::securechannel
