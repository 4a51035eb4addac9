#pragma once

#include "drivers/base/secret.h"
#include "drivers/pkcs11/module.h"
#include "drivers/pkcs11/pin_source.h"

#include <memory>
#include <string>

namespace zegel::pkcs11 {

class Sessions;

/// A token found by its label, logged in as its user. Every operation borrows a session that no
/// other thread uses meanwhile (SoftHSM crashes on a shared one). When the token was lost and
/// came back, the operation finds it, logs in again and is done once more. Safe for several
/// threads; outlives nothing: keys made from it hold it.
class Token {
public:
    /// Errors: SettingUnusable when the label or the PIN is wrong (the PIN is never tried a second
    /// time: it would lock), TokenUnavailable when the token does not answer.
    static std::shared_ptr<Token> open(std::shared_ptr<Module> module, const std::string& label,
                                       PinSource pin);
    /// The same with a PIN that is kept, wiped at the end.
    static std::shared_ptr<Token> open(std::shared_ptr<Module> module, const std::string& label,
                                       SecretBytes pin);
    ~Token();
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;

    const std::string& label() const noexcept { return label_; }

    /// Whether any object (key or certificate) has this label.
    bool holds(const std::string& label);

    /// Asks the token for its state, for a health check. Errors: TokenUnavailable.
    void ping();

    Sessions& sessions() noexcept { return *sessions_; }

private:
    Token(std::shared_ptr<Module> module, const std::string& label, PinSource pin);

    std::string label_;
    std::unique_ptr<Sessions> sessions_;
};

/// Makes a token on the first slot that has none and sets its PINs, for a new house.
/// Errors: RequestRefused when a token with this label exists, TokenUnavailable when no slot is
/// free or the module refuses.
void initialiseToken(Module& module, const std::string& label, const SecretBytes& securityPin,
                     const SecretBytes& userPin);

}  // namespace zegel::pkcs11
