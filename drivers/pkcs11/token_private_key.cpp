#include "drivers/pkcs11/token_private_key.h"

#include "drivers/pkcs11/openssl_methods.h"
#include "drivers/pkcs11/public_part.h"

namespace zegel::pkcs11 {

openssl::PkeyPtr tokenPublicKey(Token& token, const std::string& label) {
    return token.sessions().with([&](Session& session) {
        NamedKey named{CKO_PRIVATE_KEY, label};
        const auto handle = named.in(session, token.label());
        return publicPartOf(session, handle, label, token.label());
    });
}

openssl::PkeyPtr tokenPrivateKey(std::shared_ptr<Token> token, const std::string& label) {
    const auto publicPart = tokenPublicKey(*token, label);
    return keyThroughToken(*publicPart,
                           std::make_shared<PrivateOperations>(std::move(token), label));
}

}  // namespace zegel::pkcs11
