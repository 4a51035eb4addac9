#include "drivers/securechannel/scp03_keys.h"

#include "drivers/base/failure.h"
#include "drivers/securechannel/aes_cipher.h"

#include <algorithm>

namespace zegel::securechannel {
namespace {

constexpr std::size_t LongestDerived = 32;
constexpr std::size_t LabelPadding = 11;
constexpr std::size_t CheckValueLength = 3;

Bytes derivationBlock(Scp03Derivation constant, std::size_t bits, std::uint8_t counter,
                      ByteView context) {
    Bytes block(LabelPadding, 0);
    block.push_back(static_cast<std::uint8_t>(constant));
    block.push_back(0);
    block.push_back(static_cast<std::uint8_t>(bits >> 8U));
    block.push_back(static_cast<std::uint8_t>(bits));
    block.push_back(counter);
    block.insert(block.end(), context.begin(), context.end());
    return block;
}

}  // namespace

SecretBytes deriveScp03(CmacKey& key, Scp03Derivation constant, ByteView context,
                        std::size_t length) {
    if (length == 0 || length > LongestDerived) {
        throw Failure{Fault::Defect, "SCP03 derives 1 to 32 octets, not " + std::to_string(length)};
    }
    SecretBytes derived{length};
    derived.fill([&](std::span<std::uint8_t> out) {
        for (std::uint8_t counter = 1; !out.empty(); ++counter) {
            auto tag = key.cmac(derivationBlock(constant, length * 8, counter, context));
            const auto taken = std::min(out.size(), tag.size());
            std::copy_n(tag.begin(), taken, out.begin());
            OPENSSL_cleanse(tag.data(), tag.size());
            out = out.subspan(taken);
        }
    });
    return derived;
}

Scp03SessionKeys deriveSessionKeys(const Scp03CardKeys& keys, ByteView hostChallenge,
                                   ByteView cardChallenge) {
    if (keys.length != 16 && keys.length != 24 && keys.length != 32) {
        throw Failure{Fault::Defect,
                      "SCP03 keys have 16, 24 or 32 octets, not " + std::to_string(keys.length)};
    }
    Bytes context{hostChallenge.begin(), hostChallenge.end()};
    context.insert(context.end(), cardChallenge.begin(), cardChallenge.end());
    using enum Scp03Derivation;
    return {deriveScp03(keys.enc, SessionEncryption, context, keys.length),
            deriveScp03(keys.mac, SessionMac, context, keys.length),
            deriveScp03(keys.mac, SessionAnswerMac, context, keys.length)};
}

Bytes aesCheckValue(const SecretBytes& key) {
    AesBlock ones;
    ones.fill(1);
    const auto block = encryptBlock(key, ones);
    return {block.begin(), block.begin() + CheckValueLength};
}

}  // namespace zegel::securechannel
