#include "drivers/cards/piv/keys.h"

#include "drivers/base/openssl.h"
#include "drivers/iso7816/tlv.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <algorithm>
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

/// What a PKCS#8 structure tells of its key; points into it.
struct PrivateKey {
    bool rsa;
    ByteView curve;  ///< the identifier of a named curve; of RSA nothing
    ByteView key;    ///< what lies inside RSAPrivateKey or ECPrivateKey
};

constexpr std::array<std::uint8_t, 9> RsaEncryption{0x2A, 0x86, 0x48, 0x86, 0xF7,
                                                    0x0D, 0x01, 0x01, 0x01};
constexpr std::array<std::uint8_t, 7> EcPublicKey{0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01};
constexpr std::array<std::uint8_t, 8> Prime256v1{0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 5> Secp384r1{0x2B, 0x81, 0x04, 0x00, 0x22};

constexpr iso7816::Tag Integer = 0x02;
constexpr iso7816::Tag OctetString = 0x04;
constexpr iso7816::Tag ObjectIdentifier = 0x06;
constexpr iso7816::Tag Sequence = 0x30;

Failure notToImport(const char* why) {
    return Failure{Fault::Defect, std::string{"the key to import "} + why};
}

ByteView expectNext(iso7816::TlvReader& reader, iso7816::Tag tag) try {
    const auto object = reader.next();
    if (!object || object->tag != tag) throw notToImport("is not PKCS#8");
    return object->value;
} catch (const Failure&) {
    throw notToImport("is not PKCS#8");  // the card has no part in this
}

/// Source: RFC 5208, 5 (PrivateKeyInfo); RFC 8017, A.1.2; RFC 5915, 3. Read here and not by
/// OpenSSL, whose decoders take milliseconds and leave copies of the key.
PrivateKey readPkcs8(ByteView der) {
    iso7816::TlvReader whole{der};
    iso7816::TlvReader info{expectNext(whole, Sequence)};
    expectNext(info, Integer);
    iso7816::TlvReader algorithm{expectNext(info, Sequence)};
    const auto identifier = expectNext(algorithm, ObjectIdentifier);
    iso7816::TlvReader inner{expectNext(info, OctetString)};
    const auto key = expectNext(inner, Sequence);
    if (std::ranges::equal(identifier, RsaEncryption)) return {true, {}, key};
    if (!std::ranges::equal(identifier, EcPublicKey)) throw notToImport("is neither RSA nor EC");
    return {false, expectNext(algorithm, ObjectIdentifier), key};
}

/// An integer of DER as `size` octets.
void putNumber(iso7816::TlvWriter& writer, iso7816::Tag tag, ByteView number, std::size_t size) {
    while (!number.empty() && number.front() == 0)
        number = number.subspan(1);
    const auto room = writer.room(tag, size);
    if (number.size() > room.size()) throw notToImport("has a part that is too long");
    std::ranges::fill(room, std::uint8_t{0});
    std::ranges::copy(number, room.end() - static_cast<std::ptrdiff_t>(number.size()));
}

void putRsaParts(std::span<std::uint8_t> out, ByteView key, std::size_t modulusSize) {
    iso7816::TlvReader numbers{key};
    expectNext(numbers, Integer);  // version
    const auto modulus = expectNext(numbers, Integer);
    const auto leading = static_cast<std::size_t>(!modulus.empty() && modulus.front() == 0);
    if (modulus.size() - leading != modulusSize || (modulus[leading] & 0x80) == 0) {
        throw notToImport("has another length than its order says");
    }
    if (!std::ranges::equal(expectNext(numbers, Integer), std::array{0x01, 0x00, 0x01})) {
        throw notToImport("has an exponent that is not 65537, the only one that chips take");
    }
    expectNext(numbers, Integer);  // private exponent
    iso7816::TlvWriter writer{out};
    for (iso7816::Tag part = 0x01; part <= 0x05; ++part)  // p, q, dP, dQ, qInv
        putNumber(writer, part, expectNext(numbers, Integer), modulusSize / 2);
}

void putEcParts(std::span<std::uint8_t> out, const PrivateKey& key, KeyAlgorithm algorithm) {
    const auto expected =
        algorithm == KeyAlgorithm::EcP256 ? ByteView{Prime256v1} : ByteView{Secp384r1};
    if (!std::ranges::equal(key.curve, expected)) {
        throw notToImport("is of another curve than its order says");
    }
    iso7816::TlvReader parts{key.key};
    expectNext(parts, Integer);  // version
    iso7816::TlvWriter writer{out};
    putNumber(writer, 0x06, expectNext(parts, OctetString), sizeOf(algorithm));
}

std::size_t importSize(KeyAlgorithm algorithm) {
    const auto size = sizeOf(algorithm);
    return isRsa(algorithm) ? 5 * iso7816::tlvSize(0x01, size / 2) : iso7816::tlvSize(0x06, size);
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
    SecretBytes parts{importSize(algorithm)};
    pkcs8.disclose(Disclosure::ToChip, [&](ByteView der) {
        const auto key = readPkcs8(der);
        if (key.rsa != isRsa(algorithm))
            throw notToImport("is of another kind than its order says");
        parts.fill([&](std::span<std::uint8_t> out) {
            key.rsa ? putRsaParts(out, key.key, sizeOf(algorithm))
                    : putEcParts(out, key, algorithm);
        });
    });
    return parts;
}

}  // namespace zegel::piv
