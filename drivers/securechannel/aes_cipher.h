#pragma once

#include "drivers/base/secret.h"

#include <array>

namespace zegel::securechannel {

using AesBlock = std::array<std::uint8_t, 16>;

/// One block under AES in ECB mode. Keys of 16, 24 or 32 octets, as everywhere in this file.
/// Errors of all three: Defect when the key is none or the octets are no whole blocks.
AesBlock encryptBlock(const SecretBytes& key, const AesBlock& block);

/// Whole blocks in place, CBC mode, no padding. Source: NIST SP 800-38A, 6.2.
void encryptBlocks(const SecretBytes& key, const AesBlock& iv, std::span<std::uint8_t> blocks);
void decryptBlocks(const SecretBytes& key, const AesBlock& iv, std::span<std::uint8_t> blocks);

}  // namespace zegel::securechannel
