#pragma once

namespace zegel::openssl {

/// From here on this process reads and writes RSA, EC and Ed25519 keys, and no others. OpenSSL 3.0
/// looks through everything it could read a key with for every public key of every certificate;
/// with a third to look through, a certificate is read in less than half of the time. Ciphers and
/// digests that nobody we talk to uses (ARIA, Camellia, SM, BLAKE2, RIPEMD) are left out as well;
/// all other algorithms are OpenSSL's default provider's, as before.
///
/// To be called once, before OpenSSL is used. Does nothing with another release than 3.0, where
/// nothing is to be gained. False when OpenSSL does not take it: slower, and as good.
bool readOurKindsOfKeysOnly() noexcept;

}  // namespace zegel::openssl
