#pragma once

#include "drivers/base/cmac_key.h"
#include "drivers/base/secret.h"

namespace zegel::securechannel {

/// What is derived, as its derivation constant says.
enum class Scp03Derivation : std::uint8_t {
    CardCryptogram = 0x00,
    HostCryptogram = 0x01,
    CardChallenge = 0x02,
    SessionEncryption = 0x04,
    SessionMac = 0x06,
    SessionAnswerMac = 0x07
};

/// `length` octets from a key: blocks of
/// CMAC(key, 00 × 11 ‖ constant ‖ 00 ‖ length in bits, 16 ‖ counter, 8, from 1 ‖ context).
/// Errors: Defect when length is 0 or over 32; TokenUnavailable from the key.
///
/// Source: GlobalPlatform Card Specification, Amendment D v1.1.1 ([GP-D]), 4.1.5.
SecretBytes deriveScp03(CmacKey& key, Scp03Derivation constant, ByteView context,
                        std::size_t length);

/// The two keys of a card that open a channel, wherever they live: only CMACs are asked of them.
/// The third, Key-DEK, takes no part; keys that are put on a card go under it.
struct Scp03CardKeys {
    CmacKey& enc;
    CmacKey& mac;
    std::size_t length;  ///< octets of each: 16, 24 or 32; session keys get as many
};

/// S-ENC, S-MAC and S-RMAC.
struct Scp03SessionKeys {
    SecretBytes enc;
    SecretBytes mac;
    SecretBytes answerMac;
};

/// Errors: Defect when the keys' length is none of AES; TokenUnavailable from the keys.
/// Source: [GP-D] 6.2.1.
Scp03SessionKeys deriveSessionKeys(const Scp03CardKeys& keys, ByteView hostChallenge,
                                   ByteView cardChallenge);

/// The three octets by which people and PUT KEY compare AES keys: the first of a block of 01
/// encrypted under it. Errors: Defect when the key is no AES key. Source: [GP-D].
Bytes aesCheckValue(const SecretBytes& key);

}  // namespace zegel::securechannel
