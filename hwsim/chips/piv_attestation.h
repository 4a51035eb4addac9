#pragma once

#include "hwsim/chips/piv_memory.h"

#include <string_view>

namespace zegel::hwsim {

inline constexpr std::uint8_t AttestationSlot = 0xF9;
inline constexpr std::uint32_t AttestationObject = 0x5FFF01;

/// The certificate in PEM that all simulated chips' attestation ends in. Its private key stands
/// in the simulator's source: trust it in tests and demonstrations only.
std::string_view makerRootPem();

/// Gives the chip an attestation key and the maker's certificate for it.
void equipForAttestation(PivMemory& memory);

/// The chip's own statement about a key it made, in DER: a certificate over the key, signed by
/// the attestation key, with extensions 1.3.6.1.4.1.41482.3.3 (firmware, three octets), .3.7
/// (serial, INTEGER), .3.8 (PIN and touch policy, an octet each) and .3.9 (form factor). Nothing
/// when the attestation key or its certificate is gone.
std::optional<Bytes> attest(const PivMemory& memory, std::uint8_t slot, const StoredKey& key);

}  // namespace zegel::hwsim
