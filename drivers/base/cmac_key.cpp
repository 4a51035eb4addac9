#include "drivers/base/cmac_key.h"

#include "drivers/base/openssl.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <array>
#include <string>

namespace zegel {

namespace {

using MacPtr = std::unique_ptr<EVP_MAC, openssl::Freed<EVP_MAC_free>>;
using MacCtxPtr = std::unique_ptr<EVP_MAC_CTX, openssl::Freed<EVP_MAC_CTX_free>>;

EVP_MAC* cmacAlgorithm() {
    static const MacPtr Fetched{EVP_MAC_fetch(nullptr, "CMAC", nullptr)};
    openssl::expect(Fetched != nullptr, Fault::Defect, "AES-CMAC is missing from OpenSSL");
    return Fetched.get();
}

}  // namespace

MemoryCmacKey::MemoryCmacKey(SecretBytes key) : key_(std::move(key)) {
    if (key_.size() == 16 || key_.size() == 24 || key_.size() == 32) return;
    throw Failure{Fault::Defect,
                  "an AES key has 16, 24 or 32 octets, not " + std::to_string(key_.size())};
}

CmacKey::Tag MemoryCmacKey::cmac(ByteView message) {
    auto cipher = "AES-" + std::to_string(key_.size() * 8) + "-CBC";
    const std::array params{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher.data(), 0),
        OSSL_PARAM_construct_end()};
    const MacCtxPtr context{EVP_MAC_CTX_new(cmacAlgorithm())};
    Tag tag{};
    std::size_t length = 0;
    const bool done = context &&
                      key_.disclose(Disclosure::ToCipher,
                                    [&](ByteView key) {
                                        return EVP_MAC_init(context.get(), key.data(), key.size(),
                                                            params.data()) == 1;
                                    }) &&
                      EVP_MAC_update(context.get(), message.data(), message.size()) == 1 &&
                      EVP_MAC_final(context.get(), tag.data(), &length, tag.size()) == 1;
    openssl::expect(done && length == tag.size(), Fault::Defect, "AES-CMAC");
    return tag;
}

}  // namespace zegel
