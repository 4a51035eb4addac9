#include "drivers/pkcs11/public_part.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <cstring>

namespace zegel::pkcs11 {

namespace {

using ParamBuildPtr = std::unique_ptr<OSSL_PARAM_BLD, openssl::Freed<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, openssl::Freed<OSSL_PARAM_free>>;
using OctetStringPtr = std::unique_ptr<ASN1_OCTET_STRING, openssl::Freed<ASN1_OCTET_STRING_free>>;
using ObjectPtr = std::unique_ptr<ASN1_OBJECT, openssl::Freed<ASN1_OBJECT_free>>;

openssl::PkeyPtr keyFromParams(const char* type, OSSL_PARAM_BLD* build) {
    const ParamsPtr params{OSSL_PARAM_BLD_to_param(build)};
    const openssl::PkeyCtxPtr context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
    EVP_PKEY* key = nullptr;
    openssl::expect(
        params && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
            EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) == 1,
        Fault::SettingUnusable, "public part of a token key");
    return openssl::PkeyPtr{key};
}

openssl::PkeyPtr rsaKey(ByteView modulus, ByteView exponent) {
    const openssl::BignumPtr n{
        BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr)};
    const openssl::BignumPtr e{
        BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr)};
    const ParamBuildPtr build{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    return keyFromParams("RSA", build.get());
}

/// CKA_EC_POINT is the point inside a DER OCTET STRING; older modules give the bare point.
Bytes barePoint(ByteView told) {
    const auto* at = told.data();
    const OctetStringPtr inner{d2i_ASN1_OCTET_STRING(nullptr, &at, static_cast<long>(told.size()))};
    if (!inner || at != told.data() + told.size()) {
        openssl::takeErrors();
        return {told.begin(), told.end()};
    }
    const auto* const octets = ASN1_STRING_get0_data(inner.get());
    return {octets, octets + ASN1_STRING_length(inner.get())};
}

openssl::PkeyPtr ecKey(ByteView curve, ByteView toldPoint) {
    const auto* at = curve.data();
    const ObjectPtr name{d2i_ASN1_OBJECT(nullptr, &at, static_cast<long>(curve.size()))};
    const char* const group = name ? OBJ_nid2sn(OBJ_obj2nid(name.get())) : nullptr;
    openssl::expect(group != nullptr, Fault::SettingUnusable, "curve of a token key");
    const auto point = barePoint(toldPoint);
    const ParamBuildPtr build{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
    OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
    return keyFromParams("EC", build.get());
}

[[noreturn]] void refusePublicPart(const std::string& label, const std::string& token) {
    throw Failure{Fault::SettingUnusable,
                  "token \"" + token + "\" does not tell the public part of key \"" + label +
                      "\"; put its public key object there with the same CKA_ID"};
}

/// The attribute from the private object, else from the public one with the same CKA_ID.
Bytes publicAttribute(Session& session, CK_OBJECT_HANDLE privateKey, CK_ATTRIBUTE_TYPE type,
                      const std::string& label, const std::string& token) {
    if (auto told = attributeOf(session, privateKey, type)) return *told;
    if (const auto id = attributeOf(session, privateKey, CKA_ID)) {
        const auto twins =
            findAll(session, Template{}.number(CKA_CLASS, CKO_PUBLIC_KEY).octets(CKA_ID, *id));
        if (twins.size() == 1) {
            if (auto told = attributeOf(session, twins.front(), type)) return *told;
        }
    }
    refusePublicPart(label, token);
}

}  // namespace

openssl::PkeyPtr publicPartOf(Session& session, CK_OBJECT_HANDLE privateKey,
                              const std::string& label, const std::string& token) {
    const auto told = [&](CK_ATTRIBUTE_TYPE type) {
        return publicAttribute(session, privateKey, type, label, token);
    };
    const auto type = told(CKA_KEY_TYPE);
    CK_KEY_TYPE keyType = 0;
    std::memcpy(&keyType, type.data(), std::min(type.size(), sizeof keyType));
    if (keyType == CKK_RSA) return rsaKey(told(CKA_MODULUS), told(CKA_PUBLIC_EXPONENT));
    if (keyType == CKK_EC) return ecKey(told(CKA_EC_PARAMS), told(CKA_EC_POINT));
    throw Failure{Fault::SettingUnusable,
                  "key \"" + label + "\" in token \"" + token + "\" is neither RSA nor EC"};
}

}  // namespace zegel::pkcs11
