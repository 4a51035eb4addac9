#pragma once

#include "drivers/pkcs11/pin_source.h"
#include "pinmailer/press/print_room.h"

#include <string>
#include <vector>

namespace zegel::press {

/// A PKCS#11 token with the print room's key or keys.
struct TokenChoice {
    std::string module;  ///< empty: SoftHSM
    std::string label;
    std::vector<std::string> certificates;  ///< PEM files, besides those that the token holds
};

/// Every certificate that the token has a key for and a letter may be sealed to, with that key: it
/// stays in the token, only what it opens comes out. A record names which of them it is for.
/// Errors: SettingUnusable when module, label or PIN is wrong, when there is no such certificate,
/// or when a key could be read out; TokenUnavailable.
std::vector<PrintRoomKey> loadTokenKeys(const TokenChoice& choice, pkcs11::PinSource pin);

}  // namespace zegel::press
