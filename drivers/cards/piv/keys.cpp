#include "drivers/cards/piv/keys.h"

#include "drivers/base/openssl.h"
#include "drivers/iso7816/tlv.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <array>
#include <string>

namespace zegel::piv {
namespace {

using ParamBuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, openssl::Freed<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, openssl::Freed<OSSL_PARAM_free>>;

constexpr BN_ULONG UsualExponent = 65537;

const char* groupOf(KeyAlgorithm algorithm) {
    return algorithm == KeyAlgorithm::EcP256 ? "prime256v1" : "secp384r1";
}

openssl::BignumPtr number(ByteView octets) {
    return openssl::BignumPtr{BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr)};
}

Failure wrongKey(const char* why) {
    return Failure{
        Fault::CardUntrusted,
        std::string{"the chip tells a public key that cannot be: "} + why + "; reject the card"};
}

Bytes spkiFrom(const char* type, OSSL_PARAM* params) {
    const openssl::PkeyCtxPtr context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
    EVP_PKEY* made = nullptr;
    const bool done = context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params) == 1;
    const openssl::PkeyPtr key{made};
    openssl::expect(done, Fault::CardUntrusted, "the chip tells a public key that cannot be");
    const openssl::PkeyCtxPtr check{EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr)};
    openssl::expect(check && EVP_PKEY_public_check(check.get()) == 1, Fault::CardUntrusted,
                    "the chip tells a public key that fails its check");
    return openssl::toSpki(*key);
}

Bytes rsaFrom(ByteView key, KeyAlgorithm algorithm) {
    const auto modulus = number(iso7816::require(key, {0x81}, "public key"));
    const auto exponent = number(iso7816::require(key, {0x82}, "public key"));
    if (static_cast<std::size_t>(BN_num_bits(modulus.get())) != sizeOf(algorithm) * 8) {
        throw wrongKey("its modulus has another length than asked for");
    }
    if (BN_is_word(exponent.get(), UsualExponent) != 1) throw wrongKey("its exponent is not 65537");
    const ParamBuilderPtr builder{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
    const ParamsPtr params{OSSL_PARAM_BLD_to_param(builder.get())};
    return spkiFrom("RSA", params.get());
}

Bytes ecFrom(ByteView key, KeyAlgorithm algorithm) {
    const auto point = iso7816::require(key, {0x86}, "public key");
    if (point.size() != 1 + 2 * sizeOf(algorithm) || point[0] != 0x04) {
        throw wrongKey("its point is not an uncompressed one of this curve");
    }
    const ParamBuilderPtr builder{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, groupOf(algorithm),
                                    0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
    const ParamsPtr params{OSSL_PARAM_BLD_to_param(builder.get())};
    return spkiFrom("EC", params.get());
}

openssl::PkeyPtr privateKeyFrom(const SecretBytes& pkcs8) {
    openssl::PkeyPtr key = pkcs8.disclose(Disclosure::ToCipher, [](ByteView der) {
        const auto* at = der.data();
        return openssl::PkeyPtr{d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size()))};
    });
    openssl::expect(key != nullptr, Fault::Defect, "the key to import is not PKCS#8");
    return key;
}

openssl::BignumPtr partOf(const EVP_PKEY& key, const char* name) {
    BIGNUM* part = nullptr;
    openssl::expect(EVP_PKEY_get_bn_param(&key, name, &part) == 1, Fault::Defect,
                    std::string{"the key to import lacks "} + name);
    return openssl::BignumPtr{part};
}

void put(iso7816::TlvWriter& writer, iso7816::Tag tag, const BIGNUM& part, std::size_t size) {
    const auto room = writer.room(tag, size);
    openssl::expect(BN_bn2binpad(&part, room.data(), static_cast<int>(size)) >= 0, Fault::Defect,
                    "a part of the key to import is too long");
}

SecretBytes rsaParts(const EVP_PKEY& key, std::size_t modulusSize) {
    if (static_cast<std::size_t>(EVP_PKEY_get_bits(&key)) != modulusSize * 8) {
        throw Failure{Fault::Defect, "the key to import has another length than its order says"};
    }
    if (BN_is_word(partOf(key, OSSL_PKEY_PARAM_RSA_E).get(), UsualExponent) != 1) {
        throw Failure{Fault::Defect, "chips import RSA keys with the exponent 65537 only"};
    }
    static constexpr std::array Parts{OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
                                      OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
                                      OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
    const auto half = modulusSize / 2;
    SecretBytes parts{Parts.size() * iso7816::tlvSize(0x01, half)};
    parts.fill([&](std::span<std::uint8_t> out) {
        iso7816::TlvWriter writer{out};
        iso7816::Tag tag = 0x01;
        for (const auto* name : Parts)
            put(writer, tag++, *partOf(key, name), half);
    });
    return parts;
}

SecretBytes ecParts(const EVP_PKEY& key, KeyAlgorithm algorithm) {
    std::array<char, 32> group{};
    const bool named = EVP_PKEY_get_group_name(&key, group.data(), group.size(), nullptr) == 1;
    if (!named || std::string{group.data()} != groupOf(algorithm)) {
        throw Failure{Fault::Defect, "the key to import is of another curve than its order says"};
    }
    const auto size = sizeOf(algorithm);
    SecretBytes parts{iso7816::tlvSize(0x06, size)};
    parts.fill([&](std::span<std::uint8_t> out) {
        iso7816::TlvWriter writer{out};
        put(writer, 0x06, *partOf(key, OSSL_PKEY_PARAM_PRIV_KEY), size);
    });
    return parts;
}

}  // namespace

std::size_t sizeOf(KeyAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case KeyAlgorithm::Rsa2048: return 256;
        case KeyAlgorithm::Rsa3072: return 384;
        case KeyAlgorithm::Rsa4096: return 512;
        case KeyAlgorithm::EcP256: return 32;
        case KeyAlgorithm::EcP384: return 48;
    }
    return 0;
}

Bytes publicKeyFrom(ByteView answer, KeyAlgorithm algorithm) {
    const auto key = iso7816::require(answer, {0x7F49}, "public key");
    return isRsa(algorithm) ? rsaFrom(key, algorithm) : ecFrom(key, algorithm);
}

SecretBytes importParts(const SecretBytes& pkcs8, KeyAlgorithm algorithm) {
    const auto key = privateKeyFrom(pkcs8);
    const bool rsa = EVP_PKEY_is_a(key.get(), "RSA") == 1;
    if (rsa != isRsa(algorithm)) {
        throw Failure{Fault::Defect, "the key to import is of another kind than its order says"};
    }
    return rsa ? rsaParts(*key, sizeOf(algorithm)) : ecParts(*key, algorithm);
}

}  // namespace zegel::piv
