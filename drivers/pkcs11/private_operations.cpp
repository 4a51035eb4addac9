#include "drivers/pkcs11/private_operations.h"

namespace zegel::pkcs11 {

namespace {

CK_BYTE_PTR writable(ByteView octets) {
    return const_cast<CK_BYTE_PTR>(octets.data());  // Cryptoki takes no const
}

}  // namespace

Bytes PrivateOperations::sign(CK_MECHANISM_TYPE mechanism, ByteView input, std::size_t longest) {
    return token_->sessions().with([&](Session& session) {
        CK_MECHANISM how{mechanism, nullptr, 0};
        const auto what = "signing with token key \"" + key_.label() + "\"";
        expect(
            session.cryptoki->C_SignInit(session.handle, &how, key_.in(session, token_->label())),
            what);
        Bytes signature(longest);
        CK_ULONG length = signature.size();
        expect(session.cryptoki->C_Sign(session.handle, writable(input), input.size(),
                                        signature.data(), &length),
               what);
        signature.resize(length);
        return signature;
    });
}

SecretBytes PrivateOperations::decrypt(CK_MECHANISM_TYPE mechanism, ByteView input,
                                       std::size_t longest) {
    return token_->sessions().with([&](Session& session) {
        CK_MECHANISM how{mechanism, nullptr, 0};
        const auto what = "decrypting with token key \"" + key_.label() + "\"";
        expect(session.cryptoki->C_DecryptInit(session.handle, &how,
                                               key_.in(session, token_->label())),
               what);
        SecretBytes plain{longest};
        CK_ULONG length = longest;
        plain.fill([&](std::span<std::uint8_t> out) {
            expect(session.cryptoki->C_Decrypt(session.handle, writable(input), input.size(),
                                               out.data(), &length),
                   what);
        });
        return firstOctets(std::move(plain), length);
    });
}

SecretBytes PrivateOperations::agree(ByteView theirPoint, std::size_t size) {
    return token_->sessions().with([&](Session& session) {
        CK_ECDH1_DERIVE_PARAMS parameters{CKD_NULL, 0, nullptr, theirPoint.size(),
                                          writable(theirPoint)};
        CK_MECHANISM how{CKM_ECDH1_DERIVE, &parameters, sizeof parameters};
        auto wanted = std::move(Template{}
                                    .number(CKA_CLASS, CKO_SECRET_KEY)
                                    .number(CKA_KEY_TYPE, CKK_GENERIC_SECRET)
                                    .number(CKA_VALUE_LEN, size)
                                    .flag(CKA_TOKEN, false)
                                    .flag(CKA_SENSITIVE, false)
                                    .flag(CKA_EXTRACTABLE, true));
        const auto what = "key agreement with token key \"" + key_.label() + "\"";
        CK_OBJECT_HANDLE derived = 0;
        expect(
            session.cryptoki->C_DeriveKey(session.handle, &how, key_.in(session, token_->label()),
                                          wanted.data(), wanted.size(), &derived),
            what);
        SecretBytes shared{size};
        CK_RV code = CKR_OK;
        CK_ULONG length = 0;
        shared.fill([&](std::span<std::uint8_t> out) {
            CK_ATTRIBUTE value{CKA_VALUE, out.data(), out.size()};
            code = session.cryptoki->C_GetAttributeValue(session.handle, derived, &value, 1);
            length = value.ulValueLen;
        });
        session.cryptoki->C_DestroyObject(session.handle, derived);
        expect(code, what);
        if (length != size) throw Failure{Fault::TokenUnavailable, what + ": wrong size"};
        return shared;
    });
}

}  // namespace zegel::pkcs11
