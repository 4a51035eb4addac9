#include "drivers/securechannel/aes_cipher.h"

#include "drivers/base/openssl.h"

namespace zegel::securechannel {
namespace {

enum class Direction { Decrypt = 0, Encrypt = 1 };

const EVP_CIPHER* cbcFor(std::size_t keyLength) {
    switch (keyLength) {
        case 16: return EVP_aes_128_cbc();
        case 24: return EVP_aes_192_cbc();
        case 32: return EVP_aes_256_cbc();
        default: break;
    }
    throw Failure{Fault::Defect, "an AES key has 16, 24 or 32 octets"};
}

void transform(const SecretBytes& key, const AesBlock& iv, std::span<std::uint8_t> blocks,
               Direction direction) {
    const auto* const cipher = cbcFor(key.size());
    const openssl::CipherCtxPtr context{EVP_CIPHER_CTX_new()};
    int written = 0;
    const bool done = context && key.disclose(Disclosure::ToCipher, [&](ByteView octets) {
        return EVP_CipherInit_ex(context.get(), cipher, nullptr, octets.data(), iv.data(),
                                 static_cast<int>(direction)) == 1 &&
               EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
               EVP_CipherUpdate(context.get(), blocks.data(), &written, blocks.data(),
                                static_cast<int>(blocks.size())) == 1;
    });
    openssl::expect(done && static_cast<std::size_t>(written) == blocks.size(), Fault::Defect,
                    "AES in CBC mode");
}

}  // namespace

AesBlock encryptBlock(const SecretBytes& key, const AesBlock& block) {
    // One block in CBC mode from a vector of zeros is that block in ECB mode.
    auto result = block;
    transform(key, AesBlock{}, result, Direction::Encrypt);
    return result;
}

void encryptBlocks(const SecretBytes& key, const AesBlock& iv, std::span<std::uint8_t> blocks) {
    transform(key, iv, blocks, Direction::Encrypt);
}

void decryptBlocks(const SecretBytes& key, const AesBlock& iv, std::span<std::uint8_t> blocks) {
    transform(key, iv, blocks, Direction::Decrypt);
}

}  // namespace zegel::securechannel
