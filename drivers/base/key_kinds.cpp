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
/// What no peer of ours speaks. OpenSSL goes through all it has in store for every key it reads,
/// ciphers and digests too. X448 stays: Poco names it to TLS.
constexpr std::array<std::string_view, 11> Foreign{"DSA",      "ED448",  "SM2",      "SIPHASH",
                                                   "POLY1305", "ARIA",   "CAMELLIA", "SM4",
                                                   "SM3",      "BLAKE2", "RIPEMD"};
/// Modes of ciphers, and digests, that none of them speaks either.
constexpr std::array<std::string_view, 9> ForeignModes{"-OFB", "-CFB", "-XTS",  "-OCB",  "-SIV",
                                                       "-CTS", "-INV", "SHAKE", "KECCAK"};
constexpr const char* ProviderName = "zegel-default";

/// OpenSSL's own provider, whole, in a library context of its own; lives as long as the process.
OSSL_PROVIDER* whole = nullptr;
/// What stands before it: held, so that its end is the process's too.
OSSL_PROVIDER* narrowed = nullptr;
/// What is left of it, by operation; where there is nothing, all.
constinit std::array<std::vector<OSSL_ALGORITHM>, OSSL_OP__HIGHEST + 1> left{};

std::vector<OSSL_ALGORITHM>& leftOf(int operation) {
    return left.at(static_cast<std::size_t>(operation));
}

/// Algorithms are named "EC:id-ecPublicKey:1.2.840.10045.2.1".
std::string_view firstNameOf(const OSSL_ALGORITHM& algorithm) {
    const std::string_view names{algorithm.algorithm_names};
    return names.substr(0, names.find(':'));
}

bool isOfOurKinds(const OSSL_ALGORITHM& algorithm) {
    const std::string_view properties{algorithm.property_definition};
    return std::ranges::find(Kinds, firstNameOf(algorithm)) != Kinds.end() &&
           std::ranges::none_of(LeftOut, [&](std::string_view format) {
               return properties.find(format) != std::string_view::npos;
           });
}

bool isNotForeign(const OSSL_ALGORITHM& algorithm) {
    const auto name = firstNameOf(algorithm);
    const auto beginsWith = [&](std::string_view foreign) { return name.starts_with(foreign); };
    const auto holds = [&](std::string_view mode) { return name.find(mode) != name.npos; };
    return std::ranges::none_of(Foreign, beginsWith) && std::ranges::none_of(ForeignModes, holds);
}

void leave(int operation, bool (*wanted)(const OSSL_ALGORITHM&)) {
    auto& kept = leftOf(operation);
    int mayNotBeKept = 0;
    const auto* each = OSSL_PROVIDER_query_operation(whole, operation, &mayNotBeKept);
    for (; each != nullptr && each->algorithm_names != nullptr; ++each) {
        if (wanted(*each)) kept.push_back(*each);
    }
    kept.push_back({});
}

const OSSL_ALGORITHM* query(void*, int operation, int* mayNotBeKept) {
    *mayNotBeKept = 0;
    if (operation > 0 && operation <= OSSL_OP__HIGHEST && !leftOf(operation).empty())
        return leftOf(operation).data();
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
    for (const int operation : {OSSL_OP_DECODER, OSSL_OP_ENCODER})
        leave(operation, isOfOurKinds);
    for (const int operation : {OSSL_OP_KEYMGMT, OSSL_OP_CIPHER, OSSL_OP_DIGEST})
        leave(operation, isNotForeign);
    return OSSL_PROVIDER_add_builtin(nullptr, ProviderName, begin) == 1 &&
           (narrowed = OSSL_PROVIDER_load(nullptr, ProviderName)) != nullptr;
} catch (...) {
    return false;
}

}  // namespace zegel::openssl
