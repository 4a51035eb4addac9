#pragma once

#include "drivers/base/cmac_key.h"
#include "drivers/base/secret.h"

#include <cstdint>
#include <functional>
#include <string_view>

namespace zegel::securechannel {

/// Key material of `length` octets from a master key: CMAC(`inputOf`(1)), CMAC(`inputOf`(2)) and so
/// on, concatenated and cut. Errors: TokenUnavailable from the key.
SecretBytes deriveInBlocks(CmacKey& master, std::size_t length,
                           const std::function<Bytes(std::uint32_t counter)>& inputOf);

/// Key material of `length` octets from a master key in counter mode: blocks
/// CMAC(counter as 32 bits, big-endian, from 1 ‖ fixedInput), concatenated and cut.
/// Errors: Defect when length is 0 or over 512; TokenUnavailable from the key.
///
/// Source: NIST SP 800-108r1, 4.1, with r = 32 and the counter before the fixed input.
SecretBytes deriveInCounterMode(CmacKey& master, ByteView fixedInput, std::size_t length);

/// The key of one role on one chip, for chips that have no diversification of their own standard
/// (PIV management keys, PKCS#15 transport keys). The fixed input is
///
///     "zegel card key" ‖ 00 ‖ version ‖ n ‖ family ‖ n ‖ serial ‖ n ‖ role ‖ L (bits, 32)
///
/// where each n is the length of the text that follows, in one octet: two chips, families or
/// roles can never share an input. `version` is kept with the card, so that a later scheme can
/// live beside this one; 1 is this one.
/// Errors: Defect when a text is empty or over 255 octets, or the version is unknown.
SecretBytes diversify(CmacKey& master, std::uint8_t version, std::string_view family,
                      std::string_view serial, std::string_view role, std::size_t length);

/// The version that new cards get.
inline constexpr std::uint8_t CurrentDiversification = 1;

}  // namespace zegel::securechannel
