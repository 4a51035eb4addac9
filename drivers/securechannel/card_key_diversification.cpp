#include "drivers/securechannel/card_key_diversification.h"

#include "drivers/base/failure.h"
#include "drivers/base/openssl.h"
#include "drivers/securechannel/diversification.h"

#include <algorithm>
#include <array>
#include <string>

namespace zegel::securechannel {
namespace {

constexpr std::size_t KddLength = 10;
// Places in the input of KDF3: the counter, three octets of zero, the role, one of zero, the KDD.
constexpr std::size_t RoleAt = 4;
constexpr std::size_t KddAt = 6;
constexpr std::size_t TripleDesKeyLength = 16;
constexpr std::size_t CheckValueLength = 3;
constexpr std::uint8_t FirstHalf = 0xF0;
constexpr std::uint8_t SecondHalf = 0x0F;

void requireLength(const char* what, std::size_t length, std::size_t expected) {
    if (length == expected) return;
    throw Failure{Fault::Defect, std::string{what} + " has " + std::to_string(expected) +
                                     " octets, not " + std::to_string(length)};
}

void encryptTripleDes(const SecretBytes& key, std::span<std::uint8_t> blocks) {
    requireLength("a triple DES key", key.size(), TripleDesKeyLength);
    const openssl::CipherCtxPtr context{EVP_CIPHER_CTX_new()};
    int written = 0;
    const bool done = context && key.disclose(Disclosure::ToCipher, [&](ByteView octets) {
        return EVP_EncryptInit_ex(context.get(), EVP_des_ede_ecb(), nullptr, octets.data(),
                                  nullptr) == 1 &&
               EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
               EVP_EncryptUpdate(context.get(), blocks.data(), &written, blocks.data(),
                                 static_cast<int>(blocks.size())) == 1;
    });
    openssl::expect(done && static_cast<std::size_t>(written) == blocks.size(), Fault::Defect,
                    "triple DES");
}

SecretBytes diversifyTripleDes(const SecretBytes& master, ByteView kdd,
                               const std::array<std::size_t, 6>& places, CardKeyRole role) {
    requireLength("a card's key diversification field", kdd.size(), KddLength);
    SecretBytes key{TripleDesKeyLength};
    key.fill([&](std::span<std::uint8_t> out) {
        auto at = out.begin();
        for (const auto half : {FirstHalf, SecondHalf}) {
            for (const auto place : places)
                *at++ = kdd[place];
            *at++ = half;
            *at++ = static_cast<std::uint8_t>(role);
        }
        encryptTripleDes(master, out);
    });
    return key;
}

}  // namespace

SecretBytes diversifyVisa2(const SecretBytes& master, ByteView kdd, CardKeyRole role) {
    return diversifyTripleDes(master, kdd, {0, 1, 4, 5, 6, 7}, role);
}

SecretBytes diversifyEmvCps(const SecretBytes& master, ByteView kdd, CardKeyRole role) {
    return diversifyTripleDes(master, kdd, {4, 5, 6, 7, 8, 9}, role);
}

SecretBytes diversifyKdf3(CmacKey& master, ByteView kdd, CardKeyRole role, std::size_t length) {
    requireLength("a card's key diversification field", kdd.size(), KddLength);
    if (length != 16 && length != 24 && length != 32) {
        throw Failure{Fault::Defect,
                      "an AES key has 16, 24 or 32 octets, not " + std::to_string(length)};
    }
    return deriveInBlocks(master, length, [&](std::uint32_t counter) {
        Bytes input(KddAt + kdd.size());
        input[0] = static_cast<std::uint8_t>(counter);
        input[RoleAt] = static_cast<std::uint8_t>(role);
        std::ranges::copy(kdd, input.begin() + KddAt);
        return input;
    });
}

Bytes tripleDesCheckValue(const SecretBytes& key) {
    std::array<std::uint8_t, 8> block{};
    encryptTripleDes(key, block);
    return {block.begin(), block.begin() + CheckValueLength};
}

}  // namespace zegel::securechannel
