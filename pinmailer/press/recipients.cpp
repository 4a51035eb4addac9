#include "pinmailer/press/recipients.h"

#include <openssl/err.h>

#include <string>

namespace zegel::press {
namespace {

/// The encrypted key, among those of a key agreement, that is for this certificate.
CMS_RecipientEncryptedKey* agreedFor(CMS_RecipientInfo* recipient, X509* certificate) {
    auto* const all = CMS_RecipientInfo_kari_get0_reks(recipient);
    for (int at = 0; at < sk_CMS_RecipientEncryptedKey_num(all); ++at) {
        auto* const one = sk_CMS_RecipientEncryptedKey_value(all, at);
        if (CMS_RecipientEncryptedKey_cert_cmp(one, certificate) == 0) return one;
    }
    return nullptr;
}

bool names(CMS_RecipientInfo* recipient, X509* certificate) {
    switch (CMS_RecipientInfo_type(recipient)) {
        case CMS_RECIPINFO_TRANS:
            return CMS_RecipientInfo_ktri_cert_cmp(recipient, certificate) == 0;
        case CMS_RECIPINFO_AGREE: return agreedFor(recipient, certificate) != nullptr;
        default: return false;
    }
}

bool decryptTransported(CMS_ContentInfo& cms, CMS_RecipientInfo* recipient, EVP_PKEY* key) {
    EVP_PKEY_up_ref(key);
    if (CMS_RecipientInfo_set0_pkey(recipient, key) != 1) return false;
    const bool opened = CMS_RecipientInfo_decrypt(&cms, recipient) > 0;
    CMS_RecipientInfo_set0_pkey(recipient, nullptr);
    return opened;
}

bool decryptAgreed(CMS_ContentInfo& cms, CMS_RecipientInfo* recipient, const PrintRoomKey& key) {
    if (CMS_RecipientInfo_kari_set0_pkey(recipient, key.key.get()) != 1) return false;
    auto* const encrypted = agreedFor(recipient, key.certificate.get());
    const bool opened = CMS_RecipientInfo_kari_decrypt(&cms, recipient, encrypted) > 0;
    CMS_RecipientInfo_kari_set0_pkey(recipient, nullptr);
    return opened;
}

/// The token's own words stand first on OpenSSL's queue (drivers/pkcs11/openssl_methods.cpp).
[[noreturn]] void refuse() {
    const bool tokenFailed = ERR_GET_LIB(ERR_peek_error()) == ERR_LIB_USER;
    const auto words = openssl::takeErrors();
    if (tokenFailed) {
        throw Failure{Fault::TokenUnavailable,
                      "the token with the print room's key opened nothing: " + words};
    }
    throw Failure{Fault::SealBroken,
                  "the sealed record names the print room's key, which does not open it: it was "
                  "altered"};
}

}  // namespace

void unlock(CMS_ContentInfo& cms, std::span<const PrintRoomKey> keys) {
    ERR_clear_error();
    auto* const recipients = CMS_get0_RecipientInfos(&cms);
    for (int at = 0; at < sk_CMS_RecipientInfo_num(recipients); ++at) {
        auto* const recipient = sk_CMS_RecipientInfo_value(recipients, at);
        for (const auto& key : keys) {
            if (!names(recipient, key.certificate.get())) continue;
            const bool transported = CMS_RecipientInfo_type(recipient) == CMS_RECIPINFO_TRANS;
            if (transported ? decryptTransported(cms, recipient, key.key.get())
                            : decryptAgreed(cms, recipient, key))
                return;
            refuse();
        }
    }
    ERR_clear_error();
    throw Failure{Fault::SealBroken, keys.size() == 1
                                         ? "the sealed record is not for this print room's key"
                                         : "the sealed record is for none of this print room's " +
                                               std::to_string(keys.size()) + " keys"};
}

}  // namespace zegel::press
