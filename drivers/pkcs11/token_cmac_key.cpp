#include "drivers/pkcs11/token_cmac_key.h"

#include "drivers/pkcs11/objects.h"

namespace zegel::pkcs11 {

TokenCmacKey::TokenCmacKey(std::shared_ptr<Token> token, const std::string& label)
    : token_(std::move(token)), key_(std::make_unique<NamedKey>(CKO_SECRET_KEY, label)) {
    token_->sessions().with(
        [&](Session& session) { expectStaysInside(session, *key_, token_->label()); });
}

TokenCmacKey::~TokenCmacKey() = default;

CmacKey::Tag TokenCmacKey::cmac(ByteView message) {
    return token_->sessions().with([&](Session& session) {
        CK_MECHANISM mechanism{CKM_AES_CMAC, nullptr, 0};
        const auto what = "AES-CMAC with key \"" + key_->label() + "\"";
        expect(session.cryptoki->C_SignInit(session.handle, &mechanism,
                                            key_->in(session, token_->label())),
               what);
        Tag tag{};
        CK_ULONG length = tag.size();
        expect(session.cryptoki->C_Sign(session.handle, const_cast<CK_BYTE_PTR>(message.data()),
                                        message.size(), tag.data(), &length),
               what);
        if (length != tag.size()) {
            throw Failure{Fault::TokenUnavailable, what + ": the token cut the tag"};
        }
        return tag;
    });
}

}  // namespace zegel::pkcs11
