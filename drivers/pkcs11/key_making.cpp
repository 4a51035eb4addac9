#include "drivers/pkcs11/key_making.h"

#include "drivers/base/entropy.h"
#include "drivers/pkcs11/objects.h"

namespace zegel::pkcs11 {

namespace {

// Object identifiers of the curves, DER (RFC 5480, 2.1.1.1).
constexpr std::uint8_t P256[] = {0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
constexpr std::uint8_t P384[] = {0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22};
constexpr std::uint8_t F4[] = {0x01, 0x00, 0x01};

void expectFree(Token& token, const std::string& label) {
    if (!token.holds(label)) return;
    throw Failure{Fault::RequestRefused, "token \"" + token.label() +
                                             "\" has something labelled \"" + label +
                                             "\" already; choose another label or keep that one"};
}

CK_ULONG rsaBits(KeyAlgorithm algorithm) {
    switch (algorithm) {
        case KeyAlgorithm::Rsa2048: return 2048;
        case KeyAlgorithm::Rsa3072: return 3072;
        case KeyAlgorithm::Rsa4096: return 4096;
        default: return 0;
    }
}

Template common(const std::string& label, ByteView id, bool isPrivate) {
    return std::move(Template{}
                         .flag(CKA_TOKEN, true)
                         .flag(CKA_PRIVATE, isPrivate)
                         .octets(CKA_LABEL, bytesOf(label))
                         .octets(CKA_ID, id));
}

Template publicPart(const std::string& label, ByteView id, KeyAlgorithm algorithm, KeyPairUse use) {
    const bool signs = use == KeyPairUse::Sign;
    const bool rsa = isRsa(algorithm);
    auto made = common(label, id, false);
    made.flag(CKA_VERIFY, signs).flag(CKA_ENCRYPT, !signs && rsa).flag(CKA_WRAP, false);
    if (rsa)
        return std::move(
            made.number(CKA_MODULUS_BITS, rsaBits(algorithm)).octets(CKA_PUBLIC_EXPONENT, F4));
    return std::move(made.octets(
        CKA_EC_PARAMS, algorithm == KeyAlgorithm::EcP256 ? ByteView{P256} : ByteView{P384}));
}

Template privatePart(const std::string& label, ByteView id, KeyAlgorithm algorithm,
                     KeyPairUse use) {
    const bool signs = use == KeyPairUse::Sign;
    const bool rsa = isRsa(algorithm);
    auto made = common(label, id, true);
    made.flag(CKA_SENSITIVE, true).flag(CKA_EXTRACTABLE, false).flag(CKA_SIGN, signs);
    made.flag(CKA_DECRYPT, !signs && rsa).flag(CKA_DERIVE, !signs && !rsa);
    return std::move(made.flag(CKA_UNWRAP, false));
}

}  // namespace

void makeSecretKey(Token& token, const std::string& label, SecretKeyUse use) {
    expectFree(token, label);
    const bool mac = use == SecretKeyUse::Cmac;
    token.sessions().once([&](Session& session) {
        auto wanted = common(label, randomBytes(16), true);
        wanted.number(CKA_VALUE_LEN, 32).flag(CKA_SENSITIVE, true).flag(CKA_EXTRACTABLE, false);
        // Told outright: some modules default to true.
        wanted.flag(CKA_SIGN, mac).flag(CKA_VERIFY, mac);
        wanted.flag(CKA_ENCRYPT, !mac).flag(CKA_DECRYPT, !mac);
        wanted.flag(CKA_WRAP, false).flag(CKA_UNWRAP, false).flag(CKA_DERIVE, false);
        CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
        CK_OBJECT_HANDLE made = 0;
        expect(session.cryptoki->C_GenerateKey(session.handle, &mechanism, wanted.data(),
                                               wanted.size(), &made),
               "making key \"" + label + "\" in token \"" + token.label() + "\"");
    });
}

void makeKeyPair(Token& token, const std::string& label, KeyAlgorithm algorithm, KeyPairUse use) {
    expectFree(token, label);
    token.sessions().once([&](Session& session) {
        const auto id = randomBytes(16);
        auto outer = publicPart(label, id, algorithm, use);
        auto inner = privatePart(label, id, algorithm, use);
        CK_MECHANISM mechanism{isRsa(algorithm) ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN,
                               nullptr, 0};
        CK_OBJECT_HANDLE madePublic = 0;
        CK_OBJECT_HANDLE madePrivate = 0;
        expect(session.cryptoki->C_GenerateKeyPair(session.handle, &mechanism, outer.data(),
                                                   outer.size(), inner.data(), inner.size(),
                                                   &madePublic, &madePrivate),
               "making key pair \"" + label + "\" in token \"" + token.label() + "\"");
    });
}

}  // namespace zegel::pkcs11
