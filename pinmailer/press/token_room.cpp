#include "pinmailer/press/token_room.h"

#include "drivers/pkcs11/token_identities.h"

#include <openssl/x509v3.h>

#include <utility>

namespace zegel::press {
namespace {

/// As the station asks of a certificate that it seals to (seal/sealer.h).
bool mayBeSealedTo(X509& certificate) {
    const auto usage = X509_get_key_usage(&certificate);
    return (usage & (X509v3_KU_KEY_ENCIPHERMENT | X509v3_KU_KEY_AGREEMENT)) != 0;
}

}  // namespace

std::vector<PrintRoomKey> loadTokenKeys(const TokenChoice& choice, pkcs11::PinSource pin) {
    const auto token =
        pkcs11::Token::open(pkcs11::Module::load(choice.module), choice.label, std::move(pin));
    std::vector<openssl::CertificatePtr> besides;
    for (const auto& path : choice.certificates) {
        for (auto& certificate : openssl::certificatesFromPemFile(path))
            besides.push_back(std::move(certificate));
    }
    std::vector<PrintRoomKey> keys;
    for (auto& identity : pkcs11::identitiesIn(token, besides)) {
        if (!mayBeSealedTo(*identity.certificate)) continue;
        keys.push_back({std::move(identity.key), std::move(identity.certificate)});
    }
    if (!keys.empty()) return keys;
    throw Failure{Fault::SettingUnusable,
                  "token \"" + choice.label +
                      "\" holds no private key whose certificate letters are sealed to; put the "
                      "print room's certificate into it, or name its file under certificates"};
}

}  // namespace zegel::press
