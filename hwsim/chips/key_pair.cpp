#include "hwsim/chips/key_pair.h"

#include "drivers/base/openssl.h"
#include "hwsim/chips/data_object.h"
#include "hwsim/chips/piv_model.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>

namespace zegel::hwsim {
namespace {

using openssl::BignumPtr;
using openssl::expect;
using openssl::PkeyCtxPtr;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, openssl::Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, openssl::Freed<OSSL_PARAM_free>>;
using GroupPtr = std::unique_ptr<EC_GROUP, openssl::Freed<EC_GROUP_free>>;
using PointPtr = std::unique_ptr<EC_POINT, openssl::Freed<EC_POINT_free>>;
using BnCtxPtr = std::unique_ptr<BN_CTX, openssl::Freed<BN_CTX_free>>;

std::size_t rsaBits(std::uint8_t algorithm) {
    switch (algorithm) {
        case piv::Rsa1024: return 1024;
        case piv::Rsa2048: return 2048;
        case piv::Rsa3072: return 3072;
        case piv::Rsa4096: return 4096;
        default: return 0;
    }
}

const char* curveName(std::uint8_t algorithm) {
    return algorithm == piv::EcP256 ? "P-256" : "P-384";
}

BignumPtr number(ByteView octets) {
    BignumPtr value{BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr)};
    expect(value != nullptr, Fault::Defect, "reading a number");
    return value;
}

BignumPtr newNumber() {
    BignumPtr value{BN_new()};
    expect(value != nullptr, Fault::Defect, "making a number");
    return value;
}

Bytes octetsOf(const BIGNUM* value) {
    Bytes octets(static_cast<std::size_t>(BN_num_bytes(value)));
    BN_bn2bin(value, octets.data());
    return octets;
}

BignumPtr publicNumber(const EVP_PKEY* key, const char* name) {
    BIGNUM* value = nullptr;
    expect(EVP_PKEY_get_bn_param(key, name, &value) == 1, Fault::Defect, "reading a public key");
    return BignumPtr{value};
}

/// Nothing when the library does not accept the parts as a key.
EVP_PKEY* keyFromParts(const char* type, int selection, OSSL_PARAM_BLD* parts) {
    const Params params{OSSL_PARAM_BLD_to_param(parts)};
    const PkeyCtxPtr context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
    expect(params && context && EVP_PKEY_fromdata_init(context.get()) == 1, Fault::Defect,
           "preparing a key");
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) {
        openssl::takeErrors();
        return nullptr;
    }
    return key;
}

struct RsaParts {
    BignumPtr p, q, dp, dq, qinv;
    BignumPtr n = newNumber();
    BignumPtr e = newNumber();
    BignumPtr d = newNumber();
};

/// Fills n, e and d; false when the parts contradict each other.
bool completeRsa(RsaParts& parts) {
    const BnCtxPtr scratch{BN_CTX_new()};
    const BignumPtr p1 = newNumber();
    const BignumPtr q1 = newNumber();
    const BignumPtr phi = newNumber();
    const BignumPtr check = newNumber();
    BN_set_word(parts.e.get(), RSA_F4);
    BN_sub(p1.get(), parts.p.get(), BN_value_one());
    BN_sub(q1.get(), parts.q.get(), BN_value_one());
    const auto isOne = [&](const BIGNUM* one, const BIGNUM* other, const BIGNUM* modulus) {
        return BN_is_zero(modulus) == 0 && BN_is_negative(modulus) == 0 &&
               BN_mod_mul(check.get(), one, other, modulus, scratch.get()) == 1 &&
               BN_is_one(check.get()) == 1;
    };
    if (!isOne(parts.dp.get(), parts.e.get(), p1.get()) ||
        !isOne(parts.dq.get(), parts.e.get(), q1.get()) ||
        !isOne(parts.qinv.get(), parts.q.get(), parts.p.get())) {
        return false;
    }
    BN_mul(parts.n.get(), parts.p.get(), parts.q.get(), scratch.get());
    BN_mul(phi.get(), p1.get(), q1.get(), scratch.get());
    return BN_mod_inverse(parts.d.get(), parts.e.get(), phi.get(), scratch.get()) != nullptr;
}

EVP_PKEY* rsaKey(const RsaParts& parts) {
    const ParamBuilder builder{OSSL_PARAM_BLD_new()};
    const std::array<std::pair<const char*, const BIGNUM*>, 8> named{{
        {OSSL_PKEY_PARAM_RSA_N, parts.n.get()},
        {OSSL_PKEY_PARAM_RSA_E, parts.e.get()},
        {OSSL_PKEY_PARAM_RSA_D, parts.d.get()},
        {OSSL_PKEY_PARAM_RSA_FACTOR1, parts.p.get()},
        {OSSL_PKEY_PARAM_RSA_FACTOR2, parts.q.get()},
        {OSSL_PKEY_PARAM_RSA_EXPONENT1, parts.dp.get()},
        {OSSL_PKEY_PARAM_RSA_EXPONENT2, parts.dq.get()},
        {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, parts.qinv.get()},
    }};
    for (const auto& [name, value] : named) {
        OSSL_PARAM_BLD_push_BN(builder.get(), name, value);
    }
    return keyFromParts("RSA", EVP_PKEY_KEYPAIR, builder.get());
}

EVP_PKEY* ecKey(const char* curve, const BIGNUM* scalar, ByteView point) {
    const ParamBuilder builder{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
    if (scalar) OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar);
    return keyFromParts("EC", scalar ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, builder.get());
}

std::optional<Bytes> pointOf(const BIGNUM* scalar, const char* curve) {
    const GroupPtr group{EC_GROUP_new_by_curve_name(EC_curve_nist2nid(curve))};
    expect(group != nullptr, Fault::Defect, "opening a curve");
    if (BN_is_zero(scalar) != 0 || BN_cmp(scalar, EC_GROUP_get0_order(group.get())) >= 0) {
        return std::nullopt;
    }
    const PointPtr point{EC_POINT_new(group.get())};
    Bytes octets(static_cast<std::size_t>((EC_GROUP_get_degree(group.get()) + 7) / 8 * 2 + 1));
    expect(EC_POINT_mul(group.get(), point.get(), scalar, nullptr, nullptr, nullptr) == 1 &&
               EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                                  octets.data(), octets.size(), nullptr) == octets.size(),
           Fault::Defect, "computing a public point");
    return octets;
}

}  // namespace

KeyPair::KeyPair(std::uint8_t algorithm, EVP_PKEY* key)
    : algorithm_(algorithm), key_(key, EVP_PKEY_free) {}

KeyPair KeyPair::generated(std::uint8_t algorithm) {
    const std::size_t bits = rsaBits(algorithm);
    EVP_PKEY* key = bits != 0 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits)
                              : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curveName(algorithm));
    expect(key != nullptr, Fault::Defect, "generating a key on a simulated chip");
    return {algorithm, key};
}

std::optional<KeyPair> KeyPair::fromRsaParts(std::uint8_t algorithm, ByteView p, ByteView q,
                                             ByteView dp, ByteView dq, ByteView qinv) {
    RsaParts parts{number(p), number(q), number(dp), number(dq), number(qinv)};
    if (!completeRsa(parts)) return std::nullopt;
    if (static_cast<std::size_t>(BN_num_bits(parts.n.get())) != rsaBits(algorithm)) {
        return std::nullopt;
    }
    EVP_PKEY* key = rsaKey(parts);
    if (key == nullptr) return std::nullopt;
    return KeyPair{algorithm, key};
}

std::optional<KeyPair> KeyPair::fromEcScalar(std::uint8_t algorithm, ByteView scalar) {
    const char* curve = curveName(algorithm);
    const BignumPtr secret = number(scalar);
    const auto point = pointOf(secret.get(), curve);
    if (!point) return std::nullopt;
    EVP_PKEY* key = ecKey(curve, secret.get(), *point);
    if (key == nullptr) return std::nullopt;
    return KeyPair{algorithm, key};
}

KeyPair KeyPair::fromDer(std::uint8_t algorithm, ByteView der) {
    const std::uint8_t* at = der.data();
    EVP_PKEY* key = d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size()));
    expect(key != nullptr, Fault::SettingUnusable, "a key in a chip file cannot be read");
    return {algorithm, key};
}

bool KeyPair::isRsa() const noexcept {
    return rsaBits(algorithm_) != 0;
}

std::size_t KeyPair::size() const noexcept {
    if (isRsa()) return rsaBits(algorithm_) / 8;
    return algorithm_ == piv::EcP256 ? 32 : 48;
}

Bytes KeyPair::der() const {
    std::uint8_t* octets = nullptr;
    const int length = i2d_PrivateKey(key_.get(), &octets);
    expect(length > 0, Fault::Defect, "writing a key");
    Bytes der(octets, octets + length);
    OPENSSL_clear_free(octets, static_cast<std::size_t>(length));
    return der;
}

Bytes KeyPair::publicTemplate() const {
    Bytes out;
    if (isRsa()) {
        const BignumPtr n = publicNumber(key_.get(), OSSL_PKEY_PARAM_RSA_N);
        const BignumPtr e = publicNumber(key_.get(), OSSL_PKEY_PARAM_RSA_E);
        appendDataObject(out, 0x81, octetsOf(n.get()));
        appendDataObject(out, 0x82, octetsOf(e.get()));
        return out;
    }
    Bytes point(2 * size() + 1);
    std::size_t length = 0;
    expect(EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                           point.size(), &length) == 1 &&
               length == point.size(),
           Fault::Defect, "reading a public point");
    appendDataObject(out, 0x86, point);
    return out;
}

std::optional<Bytes> KeyPair::rawRsa(ByteView block) const {
    if (block.size() != size()) return std::nullopt;
    const PkeyCtxPtr context{EVP_PKEY_CTX_new(key_.get(), nullptr)};
    expect(context && EVP_PKEY_decrypt_init(context.get()) == 1 &&
               EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1,
           Fault::Defect, "preparing RSA");
    Bytes out(size());
    std::size_t length = out.size();
    if (EVP_PKEY_decrypt(context.get(), out.data(), &length, block.data(), block.size()) != 1 ||
        length != out.size()) {
        openssl::takeErrors();
        return std::nullopt;
    }
    return out;
}

std::optional<Bytes> KeyPair::signDigest(ByteView digest) const {
    if (digest.empty() || digest.size() > size()) return std::nullopt;
    const PkeyCtxPtr context{EVP_PKEY_CTX_new(key_.get(), nullptr)};
    expect(context && EVP_PKEY_sign_init(context.get()) == 1, Fault::Defect, "preparing ECDSA");
    Bytes out(2 * size() + 16);
    std::size_t length = out.size();
    expect(EVP_PKEY_sign(context.get(), out.data(), &length, digest.data(), digest.size()) == 1,
           Fault::Defect, "signing");
    out.resize(length);
    return out;
}

std::optional<Bytes> KeyPair::agree(ByteView point) const {
    if (point.size() != 2 * size() + 1 || point[0] != 0x04) return std::nullopt;
    const openssl::PkeyPtr peer{ecKey(curveName(algorithm_), nullptr, point)};
    if (!peer) return std::nullopt;
    const PkeyCtxPtr context{EVP_PKEY_CTX_new(key_.get(), nullptr)};
    expect(context && EVP_PKEY_derive_init(context.get()) == 1, Fault::Defect, "preparing ECDH");
    Bytes out(size());
    std::size_t length = out.size();
    if (EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1 ||
        EVP_PKEY_derive(context.get(), out.data(), &length) != 1 || length != out.size()) {
        openssl::takeErrors();
        return std::nullopt;
    }
    return out;
}

}  // namespace zegel::hwsim
