#pragma once

#include "drivers/base/openssl.h"

namespace zegel::openssl {

/// Puts a key (SubjectPublicKeyInfo in DER) that was read before into a certificate or request that
/// is still to be signed. X509_set_pubkey would encode it and decode it again, which in OpenSSL 3.0
/// is a millisecond. False, and nothing done, when it is neither on a named curve nor plain RSA.
bool putSpki(X509_PUBKEY& place, ByteView spki);

}  // namespace zegel::openssl
