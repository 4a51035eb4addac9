#include "drivers/cards/piv/padding.h"

#include "drivers/base/entropy.h"
#include "drivers/base/openssl.h"
#include "drivers/cards/piv/keys.h"

#include <algorithm>
#include <array>

namespace zegel::piv {
namespace {

constexpr std::size_t Sha512Size = 64;

/// DigestInfo around a SHA-256 digest (RFC 8017, 9.2 note 1).
constexpr std::array<std::uint8_t, 19> Sha256Info{0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60,
                                                  0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                                  0x01, 0x05, 0x00, 0x04, 0x20};

std::size_t digestSize(SignatureScheme scheme) {
    switch (scheme) {
        case SignatureScheme::RsaPkcs1Sha256:
        case SignatureScheme::EcdsaSha256: return 32;
        case SignatureScheme::EcdsaSha384: return 48;
        case SignatureScheme::RsaPssSha512: return Sha512Size;
    }
    return 0;
}

Bytes sha512(std::initializer_list<ByteView> parts) {
    const openssl::DigestCtxPtr context{EVP_MD_CTX_new()};
    bool done = context && EVP_DigestInit_ex(context.get(), EVP_sha512(), nullptr) == 1;
    for (const auto part : parts) {
        done = done && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
    }
    Bytes digest(Sha512Size);
    done = done && EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
    openssl::expect(done, Fault::Defect, "SHA-512");
    return digest;
}

/// EM = 00 01 FF … FF 00 DigestInfo
Bytes pkcs1(ByteView digest, std::size_t length) {
    Bytes block(length, 0xFF);
    block[0] = 0x00;
    block[1] = 0x01;
    const auto info = block.end() - static_cast<std::ptrdiff_t>(Sha256Info.size() + digest.size());
    *(info - 1) = 0x00;
    std::ranges::copy(digest, std::ranges::copy(Sha256Info, info).out);
    return block;
}

/// XORs MGF1(seed) into `target` (RFC 8017, B.2.1).
void mask(std::span<std::uint8_t> target, ByteView seed) {
    std::uint8_t counter = 0;
    while (!target.empty()) {
        const std::array<std::uint8_t, 4> count{0, 0, 0, counter++};
        const auto stream = sha512({seed, count});
        const auto size = std::min(target.size(), stream.size());
        for (std::size_t at = 0; at < size; ++at)
            target[at] ^= stream[at];
        target = target.subspan(size);
    }
}

/// EM = maskedDB ‖ H ‖ BC, DB = 00 … 00 01 salt. The modulus is a multiple of eight bits long, so
/// EM is as long as the modulus and only its top bit is cleared.
Bytes pss(ByteView digest, std::size_t length) {
    const auto salt = randomBytes(Sha512Size);
    const std::array<std::uint8_t, 8> zeros{};
    const auto hash = sha512({zeros, digest, salt});
    Bytes block(length);
    const auto dbSize = length - hash.size() - 1;
    std::ranges::copy(salt, block.begin() + static_cast<std::ptrdiff_t>(dbSize - salt.size()));
    block[dbSize - salt.size() - 1] = 0x01;
    mask(std::span{block}.first(dbSize), hash);
    block[0] &= 0x7F;
    std::ranges::copy(hash, block.begin() + static_cast<std::ptrdiff_t>(dbSize));
    block.back() = 0xBC;
    return block;
}

}  // namespace

Bytes toBeSigned(SignatureScheme scheme, KeyAlgorithm algorithm, ByteView digest) {
    if (!fits(scheme, algorithm) || digest.size() != digestSize(scheme)) {
        throw Failure{Fault::Defect, "signature scheme, key and digest do not belong together"};
    }
    const auto length = sizeOf(algorithm);
    switch (scheme) {
        case SignatureScheme::RsaPkcs1Sha256: return pkcs1(digest, length);
        case SignatureScheme::RsaPssSha512: return pss(digest, length);
        case SignatureScheme::EcdsaSha256:
        case SignatureScheme::EcdsaSha384: break;
    }
    Bytes block(length - digest.size());
    block.insert(block.end(), digest.begin(), digest.end());
    return block;
}

}  // namespace zegel::piv
