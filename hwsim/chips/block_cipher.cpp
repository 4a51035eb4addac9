#include "drivers/base/openssl.h"
#include "hwsim/chips/key_pair.h"
#include "hwsim/chips/piv_model.h"

#include <algorithm>
#include <array>

namespace zegel::hwsim {
namespace {

const EVP_CIPHER* cipherOf(std::uint8_t algorithm) {
    switch (algorithm) {
        case piv::TripleDes: return EVP_des_ede3_ecb();
        case piv::Aes128: return EVP_aes_128_ecb();
        case piv::Aes192: return EVP_aes_192_ecb();
        default: return EVP_aes_256_ecb();
    }
}

using DesKey = std::array<std::uint8_t, 8>;

/// FIPS 74, 3.6: the weak and semi-weak keys, with odd parity.
constexpr std::array<DesKey, 16> WeakDesKeys{{
    {0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01},
    {0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE},
    {0x1F, 0x1F, 0x1F, 0x1F, 0x0E, 0x0E, 0x0E, 0x0E},
    {0xE0, 0xE0, 0xE0, 0xE0, 0xF1, 0xF1, 0xF1, 0xF1},
    {0x01, 0xFE, 0x01, 0xFE, 0x01, 0xFE, 0x01, 0xFE},
    {0xFE, 0x01, 0xFE, 0x01, 0xFE, 0x01, 0xFE, 0x01},
    {0x1F, 0xE0, 0x1F, 0xE0, 0x0E, 0xF1, 0x0E, 0xF1},
    {0xE0, 0x1F, 0xE0, 0x1F, 0xF1, 0x0E, 0xF1, 0x0E},
    {0x01, 0xE0, 0x01, 0xE0, 0x01, 0xF1, 0x01, 0xF1},
    {0xE0, 0x01, 0xE0, 0x01, 0xF1, 0x01, 0xF1, 0x01},
    {0x1F, 0xFE, 0x1F, 0xFE, 0x0E, 0xFE, 0x0E, 0xFE},
    {0xFE, 0x1F, 0xFE, 0x1F, 0xFE, 0x0E, 0xFE, 0x0E},
    {0x01, 0x1F, 0x01, 0x1F, 0x01, 0x0E, 0x01, 0x0E},
    {0x1F, 0x01, 0x1F, 0x01, 0x0E, 0x01, 0x0E, 0x01},
    {0xE0, 0xFE, 0xE0, 0xFE, 0xF1, 0xFE, 0xF1, 0xFE},
    {0xFE, 0xE0, 0xFE, 0xE0, 0xFE, 0xF1, 0xFE, 0xF1},
}};

bool sameWithoutParity(std::uint8_t one, std::uint8_t other) {
    return ((one ^ other) & 0xFE) == 0;
}

Bytes cipherBlock(std::uint8_t algorithm, ByteView key, ByteView block, bool encrypt) {
    const openssl::CipherCtxPtr context{EVP_CIPHER_CTX_new()};
    Bytes out(block.size() + 32);
    int length = 0;
    openssl::expect(context && EVP_CipherInit_ex(context.get(), cipherOf(algorithm), nullptr,
                                                 key.data(), nullptr, encrypt ? 1 : 0) == 1,
                    Fault::Defect, "preparing a block cipher");
    EVP_CIPHER_CTX_set_padding(context.get(), 0);
    openssl::expect(EVP_CipherUpdate(context.get(), out.data(), &length, block.data(),
                                     static_cast<int>(block.size())) == 1,
                    Fault::Defect, "working on a block");
    out.resize(static_cast<std::size_t>(length));
    return out;
}

}  // namespace

std::size_t keyLength(std::uint8_t algorithm) noexcept {
    switch (algorithm) {
        case piv::TripleDes:
        case piv::Aes192: return 24;
        case piv::Aes128: return 16;
        case piv::Aes256: return 32;
        default: return 0;
    }
}

std::size_t blockLength(std::uint8_t algorithm) noexcept {
    if (keyLength(algorithm) == 0) return 0;
    return algorithm == piv::TripleDes ? 8 : 16;
}

Bytes encryptBlock(std::uint8_t algorithm, ByteView key, ByteView block) {
    return cipherBlock(algorithm, key, block, true);
}

Bytes decryptBlock(std::uint8_t algorithm, ByteView key, ByteView block) {
    return cipherBlock(algorithm, key, block, false);
}

bool isWeakTripleDes(ByteView key) noexcept {
    for (std::size_t at = 0; at + 8 <= key.size(); at += 8) {
        const ByteView third = key.subspan(at, 8);
        const bool weak = std::ranges::any_of(WeakDesKeys, [&](const DesKey& known) {
            return std::ranges::equal(third, known, sameWithoutParity);
        });
        if (weak) return true;
    }
    return false;
}

}  // namespace zegel::hwsim
