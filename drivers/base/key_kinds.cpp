#include "drivers/base/key_kinds.h"

#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/provider.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace zegel::openssl {
namespace {

/// "DER" are the readers of wrappings: PEM, and encrypted PKCS#8.
constexpr std::array<std::string_view, 5> Kinds{"RSA", "RSA-PSS", "EC", "ED25519", "DER"};
/// Microsoft's own formats, and what only people read.
constexpr std::array<std::string_view, 4> LeftOut{"msblob", "pvk", "put=blob", "output=text"};
constexpr const char* ProviderName = "zegel-default";

/// OpenSSL's own provider, whole, in a library context of its own; lives as long as the process.
OSSL_PROVIDER* whole = nullptr;
/// What stands before it: held, so that its end is the process's too.
OSSL_PROVIDER* narrowed = nullptr;
std::vector<OSSL_ALGORITHM> decoders;
std::vector<OSSL_ALGORITHM> encoders;

/// Algorithms are named "EC:id-ecPublicKey:1.2.840.10045.2.1".
bool isOfOurKinds(const OSSL_ALGORITHM& algorithm) {
    const std::string_view names{algorithm.algorithm_names};
    const std::string_view properties{algorithm.property_definition};
    return std::ranges::find(Kinds, names.substr(0, names.find(':'))) != Kinds.end() &&
           std::ranges::none_of(LeftOut, [&](std::string_view format) {
               return properties.find(format) != std::string_view::npos;
           });
}

std::vector<OSSL_ALGORITHM> ofOurKinds(int operation) {
    std::vector<OSSL_ALGORITHM> kept;
    int mayNotBeKept = 0;
    const auto* each = OSSL_PROVIDER_query_operation(whole, operation, &mayNotBeKept);
    for (; each != nullptr && each->algorithm_names != nullptr; ++each) {
        if (isOfOurKinds(*each)) kept.push_back(*each);
    }
    kept.push_back({});
    return kept;
}

const OSSL_ALGORITHM* query(void*, int operation, int* mayNotBeKept) {
    *mayNotBeKept = 0;
    if (operation == OSSL_OP_DECODER) return decoders.data();
    if (operation == OSSL_OP_ENCODER) return encoders.data();
    return OSSL_PROVIDER_query_operation(whole, operation, mayNotBeKept);
}

int parameters(void*, OSSL_PARAM* wanted) {
    return OSSL_PROVIDER_get_params(whole, wanted);
}

const OSSL_PARAM* parameterNames(void*) {
    return OSSL_PROVIDER_gettable_params(whole);
}

int capabilities(void*, const char* capability, OSSL_CALLBACK* take, void* argument) {
    return OSSL_PROVIDER_get_capabilities(whole, capability, take, argument);
}

template <typename Function>
OSSL_DISPATCH entry(int id, Function* function) {
    return {id, reinterpret_cast<void (*)()>(function)};
}

int begin(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** functions,
          void** context) {
    static const std::array Functions{entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query),
                                      entry(OSSL_FUNC_PROVIDER_GET_PARAMS, parameters),
                                      entry(OSSL_FUNC_PROVIDER_GETTABLE_PARAMS, parameterNames),
                                      entry(OSSL_FUNC_PROVIDER_GET_CAPABILITIES, capabilities),
                                      OSSL_DISPATCH{}};
    *functions = Functions.data();
    *context = OSSL_PROVIDER_get0_provider_ctx(whole);
    return 1;
}

}  // namespace

bool readOurKindsOfKeysOnly() noexcept try {
    if (OPENSSL_version_major() != 3 || OPENSSL_version_minor() != 0) return true;
    if (whole != nullptr) return true;
    auto* const context = OSSL_LIB_CTX_new();
    whole = context == nullptr ? nullptr : OSSL_PROVIDER_load(context, "default");
    if (whole == nullptr) return false;
    decoders = ofOurKinds(OSSL_OP_DECODER);
    encoders = ofOurKinds(OSSL_OP_ENCODER);
    return OSSL_PROVIDER_add_builtin(nullptr, ProviderName, begin) == 1 &&
           (narrowed = OSSL_PROVIDER_load(nullptr, ProviderName)) != nullptr;
} catch (...) {
    return false;
}

}  // namespace zegel::openssl
