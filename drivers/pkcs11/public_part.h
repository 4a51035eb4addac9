#pragma once

#include "drivers/base/openssl.h"
#include "drivers/pkcs11/objects.h"

#include <string>

namespace zegel::pkcs11 {

/// The public part of a private key in the token, as a plain key: from the private object, else
/// from the public one with the same CKA_ID. Errors: SettingUnusable naming `label` and `token`
/// when neither tells it, or the key is neither RSA nor EC.
openssl::PkeyPtr publicPartOf(Session& session, CK_OBJECT_HANDLE privateKey,
                              const std::string& label, const std::string& token);

}  // namespace zegel::pkcs11
