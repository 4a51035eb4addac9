#include "drivers/pkcs11/token_wrap_key.h"

#include "drivers/base/entropy.h"
#include "drivers/pkcs11/objects.h"

#include <algorithm>

namespace zegel::pkcs11 {

namespace {

constexpr std::uint8_t Version = 1;
constexpr std::size_t IvSize = 12;
constexpr std::size_t TagSize = 16;
constexpr std::size_t HeadSize = 1 + IvSize;

/// CK_GCM_PARAMS of PKCS#11 v2.40 errata 01; p11-kit's header lacks it.
struct GcmParameters {
    CK_BYTE_PTR iv;
    CK_ULONG ivSize;
    CK_ULONG ivBits;
    CK_BYTE_PTR additional;
    CK_ULONG additionalSize;
    CK_ULONG tagBits;
};

GcmParameters gcm(ByteView iv, ByteView context) {
    return {const_cast<CK_BYTE_PTR>(iv.data()),      iv.size(),      iv.size() * 8,
            const_cast<CK_BYTE_PTR>(context.data()), context.size(), TagSize * 8};
}

}  // namespace

TokenWrapKey::TokenWrapKey(std::shared_ptr<Token> token, const std::string& label)
    : token_(std::move(token)), key_(std::make_unique<NamedKey>(CKO_SECRET_KEY, label)) {
    token_->sessions().with(
        [&](Session& session) { expectStaysInside(session, *key_, token_->label()); });
}

TokenWrapKey::~TokenWrapKey() = default;

Bytes TokenWrapKey::wrap(const SecretBytes& secret, ByteView context) {
    if (secret.empty()) throw Failure{Fault::Defect, "there is no secret to wrap"};
    return token_->sessions().with([&](Session& session) {
        Bytes wrapped{Version};
        const auto iv = randomBytes(IvSize);
        wrapped.insert(wrapped.end(), iv.begin(), iv.end());
        wrapped.resize(HeadSize + secret.size() + TagSize);

        auto parameters = gcm(iv, context);
        CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof parameters};
        const auto what = "wrapping with key \"" + key_->label() + "\"";
        expect(session.cryptoki->C_EncryptInit(session.handle, &mechanism,
                                               key_->in(session, token_->label())),
               what);
        CK_ULONG length = wrapped.size() - HeadSize;
        expect(secret.disclose(Disclosure::ToCipher,
                               [&](ByteView plain) {
                                   return session.cryptoki->C_Encrypt(
                                       session.handle, const_cast<CK_BYTE_PTR>(plain.data()),
                                       plain.size(), wrapped.data() + HeadSize, &length);
                               }),
               what);
        if (length != wrapped.size() - HeadSize) {
            throw Failure{Fault::TokenUnavailable, what + ": unexpected size of the ciphertext"};
        }
        return wrapped;
    });
}

SecretBytes TokenWrapKey::unwrap(ByteView wrapped, ByteView context) {
    const auto what = "the secret wrapped with key \"" + key_->label() + "\"";
    if (wrapped.size() <= HeadSize + TagSize || wrapped.front() != Version) {
        throw Failure{Fault::SealBroken, what + " is cut or not of our making"};
    }
    return token_->sessions().with([&](Session& session) {
        auto parameters = gcm(wrapped.subspan(1, IvSize), context);
        CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof parameters};
        expect(session.cryptoki->C_DecryptInit(session.handle, &mechanism,
                                               key_->in(session, token_->label())),
               "unwrapping with key \"" + key_->label() + "\"");
        const auto sealed = wrapped.subspan(HeadSize);
        // QUIRK(SoftHSM, 2.6): asks for room for the tag as well.
        SecretBytes secret{sealed.size()};
        CK_RV code = CKR_OK;
        CK_ULONG length = secret.size();
        secret.fill([&](std::span<std::uint8_t> out) {
            code =
                session.cryptoki->C_Decrypt(session.handle, const_cast<CK_BYTE_PTR>(sealed.data()),
                                            sealed.size(), out.data(), &length);
        });
        if (meansLoss(code)) expect(code, "unwrapping");
        if (code != CKR_OK || length != sealed.size() - TagSize) {
            throw Failure{Fault::SealBroken,
                          what + " does not open: altered, or of another key or context (" +
                              nameOfReturn(code) + ")"};
        }
        return firstOctets(std::move(secret), length);
    });
}

}  // namespace zegel::pkcs11
