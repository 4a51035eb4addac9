// RSA_METHOD and EC_KEY_METHOD are deprecated in OpenSSL 3 in favour of providers. A provider
// would be ten times this file; both remain for all of OpenSSL 3.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "drivers/pkcs11/openssl_methods.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <algorithm>

namespace zegel::pkcs11 {

namespace {

using Shared = std::shared_ptr<PrivateOperations>;

void freeOperations(void*, void* held, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<Shared*>(held);
}

int copyOperations(CRYPTO_EX_DATA*, const CRYPTO_EX_DATA*, void** held, int, long, void*) {
    if (*held != nullptr) *held = new Shared{*static_cast<Shared*>(*held)};
    return 1;
}

int rsaIndex() {
    static const int Index =
        RSA_get_ex_new_index(0, nullptr, nullptr, copyOperations, freeOperations);
    return Index;
}

int ecIndex() {
    static const int Index =
        EC_KEY_get_ex_new_index(0, nullptr, nullptr, copyOperations, freeOperations);
    return Index;
}

/// OpenSSL is C: what the token says goes on OpenSSL's error queue, not up its stack.
template <typename Result, typename Use>
Result withinOpenSsl(Result failed, Use&& use) noexcept {
    try {
        return use();
    } catch (const std::exception& failure) {
        ERR_raise_data(ERR_LIB_USER, ERR_R_OPERATION_FAIL, "%s", failure.what());
        return failed;
    }
}

PrivateOperations& operationsOf(const RSA* rsa) {
    return **static_cast<Shared*>(RSA_get_ex_data(rsa, rsaIndex()));
}

PrivateOperations& operationsOf(const EC_KEY* key) {
    return **static_cast<Shared*>(EC_KEY_get_ex_data(key, ecIndex()));
}

/// OpenSSL pads PSS and OAEP itself and asks for the bare exponentiation.
CK_MECHANISM_TYPE mechanismOf(int padding) {
    if (padding == RSA_PKCS1_PADDING) return CKM_RSA_PKCS;
    if (padding == RSA_NO_PADDING) return CKM_RSA_X_509;
    throw Failure{Fault::Defect, "RSA padding " + std::to_string(padding) + " reached the token"};
}

int rsaSign(int length, const unsigned char* from, unsigned char* to, RSA* rsa, int padding) {
    return withinOpenSsl(-1, [&] {
        const auto signature =
            operationsOf(rsa).sign(mechanismOf(padding), {from, static_cast<std::size_t>(length)},
                                   static_cast<std::size_t>(RSA_size(rsa)));
        std::ranges::copy(signature, to);
        return static_cast<int>(signature.size());
    });
}

int rsaDecrypt(int length, const unsigned char* from, unsigned char* to, RSA* rsa, int padding) {
    return withinOpenSsl(-1, [&] {
        const auto plain = operationsOf(rsa).decrypt(mechanismOf(padding),
                                                     {from, static_cast<std::size_t>(length)},
                                                     static_cast<std::size_t>(RSA_size(rsa)));
        plain.disclose(Disclosure::ToCipher,
                       [&](ByteView octets) { std::ranges::copy(octets, to); });
        return static_cast<int>(plain.size());
    });
}

ECDSA_SIG* ecSign(const unsigned char* digest, int length, const BIGNUM*, const BIGNUM*,
                  EC_KEY* key) {
    return withinOpenSsl<ECDSA_SIG*>(nullptr, [&]() -> ECDSA_SIG* {
        const auto bits = EC_GROUP_order_bits(EC_KEY_get0_group(key));
        const auto half = static_cast<std::size_t>((bits + 7) / 8);
        // FIPS 186-4, 6.4: the leftmost bits of the digest; P-256 and P-384 cut at whole octets.
        const auto used = std::min(static_cast<std::size_t>(length), half);
        const auto raw = operationsOf(key).sign(CKM_ECDSA, {digest, used}, 2 * half);
        if (raw.size() != 2 * half) {
            throw Failure{Fault::TokenUnavailable, "the token's ECDSA signature has a wrong size"};
        }
        auto* const signature = ECDSA_SIG_new();
        auto* const r = BN_bin2bn(raw.data(), static_cast<int>(half), nullptr);
        auto* const s = BN_bin2bn(raw.data() + half, static_cast<int>(half), nullptr);
        ECDSA_SIG_set0(signature, r, s);
        return signature;
    });
}

int ecAgree(unsigned char** out, std::size_t* outLength, const EC_POINT* theirs,
            const EC_KEY* key) {
    return withinOpenSsl(0, [&] {
        const auto* const group = EC_KEY_get0_group(key);
        Bytes point(
            EC_POINT_point2oct(group, theirs, POINT_CONVERSION_UNCOMPRESSED, nullptr, 0, nullptr));
        EC_POINT_point2oct(group, theirs, POINT_CONVERSION_UNCOMPRESSED, point.data(), point.size(),
                           nullptr);
        const auto size = static_cast<std::size_t>((EC_GROUP_get_degree(group) + 7) / 8);
        const auto shared = operationsOf(key).agree(point, size);
        *out = static_cast<unsigned char*>(OPENSSL_malloc(size));  // OpenSSL frees it, cleansed
        if (*out == nullptr) return 0;
        shared.disclose(Disclosure::ToCipher,
                        [&](ByteView octets) { std::ranges::copy(octets, *out); });
        *outLength = size;
        return 1;
    });
}

const RSA_METHOD* rsaMethod() {
    static RSA_METHOD* const Method = [] {
        auto* const made = RSA_meth_dup(RSA_get_default_method());
        RSA_meth_set1_name(made, "zegel token");
        RSA_meth_set_flags(made, RSA_FLAG_EXT_PKEY | RSA_METHOD_FLAG_NO_CHECK);
        RSA_meth_set_priv_enc(made, rsaSign);
        RSA_meth_set_priv_dec(made, rsaDecrypt);
        return made;
    }();
    return Method;
}

const EC_KEY_METHOD* ecMethod() {
    static EC_KEY_METHOD* const Method = [] {
        auto* const made = EC_KEY_METHOD_new(EC_KEY_get_default_method());
        int (*sign)(int, const unsigned char*, int, unsigned char*, unsigned int*, const BIGNUM*,
                    const BIGNUM*, EC_KEY*) = nullptr;
        EC_KEY_METHOD_get_sign(made, &sign, nullptr, nullptr);
        EC_KEY_METHOD_set_sign(made, sign, nullptr, ecSign);
        EC_KEY_METHOD_set_compute_key(made, ecAgree);
        return made;
    }();
    return Method;
}

openssl::PkeyPtr rsaThroughToken(const EVP_PKEY& publicPart, Shared operations) {
    openssl::PkeyPtr key{EVP_PKEY_new()};
    const auto spki = openssl::toSpki(publicPart);
    const auto* at = spki.data();
    RSA* const rsa = d2i_RSA_PUBKEY(nullptr, &at, static_cast<long>(spki.size()));
    openssl::expect(rsa != nullptr, Fault::SettingUnusable, "public RSA key of the token");
    RSA_set_method(rsa, rsaMethod());
    RSA_set_ex_data(rsa, rsaIndex(), new Shared{std::move(operations)});
    openssl::expect(EVP_PKEY_assign_RSA(key.get(), rsa) == 1, Fault::Defect, "token RSA key");
    return key;
}

openssl::PkeyPtr ecThroughToken(const EVP_PKEY& publicPart, Shared operations) {
    openssl::PkeyPtr key{EVP_PKEY_new()};
    const auto spki = openssl::toSpki(publicPart);
    const auto* at = spki.data();
    EC_KEY* const ec = d2i_EC_PUBKEY(nullptr, &at, static_cast<long>(spki.size()));
    openssl::expect(ec != nullptr, Fault::SettingUnusable, "public EC key of the token");
    EC_KEY_set_method(ec, ecMethod());
    EC_KEY_set_ex_data(ec, ecIndex(), new Shared{std::move(operations)});
    openssl::expect(EVP_PKEY_assign_EC_KEY(key.get(), ec) == 1, Fault::Defect, "token EC key");
    return key;
}

}  // namespace

openssl::PkeyPtr keyThroughToken(const EVP_PKEY& publicPart, Shared operations) {
    switch (EVP_PKEY_get_base_id(&publicPart)) {
        case EVP_PKEY_RSA: return rsaThroughToken(publicPart, std::move(operations));
        case EVP_PKEY_EC: return ecThroughToken(publicPart, std::move(operations));
        default: break;
    }
    throw Failure{Fault::SettingUnusable, "only RSA and EC keys of a token can be used"};
}

}  // namespace zegel::pkcs11
