#include "drivers/cards/piv/management_key.h"

#include "drivers/base/entropy.h"
#include "drivers/base/openssl.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <bit>
#include <string>

namespace zegel::piv {
namespace {

namespace sw = iso7816::sw;

constexpr std::size_t DesBlock = 8;

const EVP_CIPHER* cipherOf(ManagementCipher cipher) {
    switch (cipher) {
        case ManagementCipher::TripleDes: return EVP_des_ede3_ecb();
        case ManagementCipher::Aes128: return EVP_aes_128_ecb();
        case ManagementCipher::Aes192: return EVP_aes_192_ecb();
        case ManagementCipher::Aes256: return EVP_aes_256_ecb();
    }
    return nullptr;
}

std::size_t blockLength(ManagementCipher cipher) noexcept {
    return cipher == ManagementCipher::TripleDes ? DesBlock : 16;
}

enum class Direction { Decrypt = 0, Encrypt = 1 };

/// One block in ECB mode, as the protocol has it.
Bytes transform(ManagementCipher cipher, const SecretBytes& key, ByteView block,
                Direction direction) {
    const openssl::CipherCtxPtr context{EVP_CIPHER_CTX_new()};
    Bytes out(block.size());
    int written = 0;
    const bool done = key.disclose(Disclosure::ToCipher, [&](ByteView octets) {
        return EVP_CipherInit_ex(context.get(), cipherOf(cipher), nullptr, octets.data(), nullptr,
                                 static_cast<int>(direction)) == 1 &&
               EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
               EVP_CipherUpdate(context.get(), out.data(), &written, block.data(),
                                static_cast<int>(block.size())) == 1;
    });
    openssl::expect(done && static_cast<std::size_t>(written) == block.size(), Fault::Defect,
                    "cipher of the management key");
    return out;
}

/// Keys under which DES undoes itself, and their pairs (NIST SP 800-67 r2, 3.3.2).
bool isWeakDesKey(ByteView key) {
    static const std::array<std::array<std::uint8_t, DesBlock>, 16> Weak{{
        {0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01},
        {0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE},
        {0xE0, 0xE0, 0xE0, 0xE0, 0xF1, 0xF1, 0xF1, 0xF1},
        {0x1F, 0x1F, 0x1F, 0x1F, 0x0E, 0x0E, 0x0E, 0x0E},
        {0x01, 0x1F, 0x01, 0x1F, 0x01, 0x0E, 0x01, 0x0E},
        {0x1F, 0x01, 0x1F, 0x01, 0x0E, 0x01, 0x0E, 0x01},
        {0x01, 0xE0, 0x01, 0xE0, 0x01, 0xF1, 0x01, 0xF1},
        {0xE0, 0x01, 0xE0, 0x01, 0xF1, 0x01, 0xF1, 0x01},
        {0x01, 0xFE, 0x01, 0xFE, 0x01, 0xFE, 0x01, 0xFE},
        {0xFE, 0x01, 0xFE, 0x01, 0xFE, 0x01, 0xFE, 0x01},
        {0x1F, 0xE0, 0x1F, 0xE0, 0x0E, 0xF1, 0x0E, 0xF1},
        {0xE0, 0x1F, 0xE0, 0x1F, 0xF1, 0x0E, 0xF1, 0x0E},
        {0x1F, 0xFE, 0x1F, 0xFE, 0x0E, 0xFE, 0x0E, 0xFE},
        {0xFE, 0x1F, 0xFE, 0x1F, 0xFE, 0x0E, 0xFE, 0x0E},
        {0xE0, 0xFE, 0xE0, 0xFE, 0xF1, 0xFE, 0xF1, 0xFE},
        {0xFE, 0xE0, 0xFE, 0xE0, 0xFE, 0xF1, 0xFE, 0xF1},
    }};
    return std::ranges::any_of(Weak,
                               [&](const auto& weak) { return std::ranges::equal(weak, key); });
}

bool isWeakTripleDesKey(ByteView key) {
    const auto part = [&](std::size_t index) { return key.subspan(index * DesBlock, DesBlock); };
    return isWeakDesKey(part(0)) || isWeakDesKey(part(1)) || isWeakDesKey(part(2)) ||
           std::ranges::equal(part(0), part(1)) || std::ranges::equal(part(1), part(2)) ||
           std::ranges::equal(part(0), part(2));
}

void setOddParity(std::span<std::uint8_t> octets) {
    for (auto& octet : octets) {
        const auto high = static_cast<std::uint8_t>(octet & 0xFEU);
        octet = static_cast<std::uint8_t>(high | (std::popcount(high) % 2 == 0 ? 1U : 0U));
    }
}

/// 6A80, 6A86, 6A88, 6B00 (and 6A81, 6982 of chips that look at the key first) to the very first
/// step: there is no such key here.
bool isNoSuchKey(iso7816::StatusWord status) {
    return status == sw::WrongData || status == sw::WrongParameters ||
           status == sw::ReferencedDataNotFound || status == sw::WrongParameterValues ||
           status == sw::FunctionNotSupported || status == sw::InstructionNotSupported;
}

/// What chips say to a wrong witness: 6982, 6A80 (PivApplet), 63xx, 6983 (none counts tries).
bool isNotTheKey(iso7816::StatusWord status) {
    return status == sw::SecurityStatusNotSatisfied || status == sw::WrongData ||
           status == sw::AuthenticationBlocked || status.sw1() == 0x63;
}

}  // namespace

std::string_view nameOf(ManagementCipher cipher) noexcept {
    switch (cipher) {
        case ManagementCipher::TripleDes: return "3DES";
        case ManagementCipher::Aes128: return "AES-128";
        case ManagementCipher::Aes192: return "AES-192";
        case ManagementCipher::Aes256: return "AES-256";
    }
    return "unknown";
}

std::size_t keyLength(ManagementCipher cipher) noexcept {
    switch (cipher) {
        case ManagementCipher::Aes128: return 16;
        case ManagementCipher::Aes256: return 32;
        case ManagementCipher::TripleDes:
        case ManagementCipher::Aes192: return 24;
    }
    return 24;
}

std::optional<ManagementCipher> managementCipherWithId(std::uint8_t id) noexcept {
    // 00 is the standard's "default", which is 3DES.
    if (id == 0) return ManagementCipher::TripleDes;
    for (const auto cipher : AllManagementCiphers) {
        if (static_cast<std::uint8_t>(cipher) == id) return cipher;
    }
    return std::nullopt;
}

SecretBytes factoryManagementKey(ManagementCipher cipher) {
    SecretBytes key{keyLength(cipher)};
    key.fill([](std::span<std::uint8_t> out) {
        for (std::size_t at = 0; at < out.size(); ++at) {
            out[at] = static_cast<std::uint8_t>(at % 8 + 1);
        }
    });
    return key;
}

std::optional<SecretBytes> fitted(ManagementCipher cipher, SecretBytes key) {
    if (key.size() != keyLength(cipher)) {
        throw Failure{Fault::Defect, "the management key has the wrong length for its cipher"};
    }
    if (cipher != ManagementCipher::TripleDes) return key;
    bool weak = false;
    key.fill([&](std::span<std::uint8_t> octets) {
        setOddParity(octets);
        weak = isWeakTripleDesKey(octets);
    });
    if (weak) return std::nullopt;
    return key;
}

Authentication authenticateManagement(Application& application, ManagementCipher cipher,
                                      const SecretBytes& key) {
    const auto id = static_cast<std::uint8_t>(cipher);
    const auto block = blockLength(cipher);
    const auto first = application.authenticate(id, Slot::Management, iso7816::tlv(0x80, Bytes{}));
    if (isNoSuchKey(first.status)) return Authentication::OtherCipher;
    if (first.status != sw::Ok) throw refusal("GENERAL AUTHENTICATE for a witness", first.status);
    const auto witness = iso7816::require(first.data, {0x7C, 0x80}, "witness");
    if (witness.size() != block) return Authentication::OtherCipher;

    const auto challenge = randomBytes(block);
    auto request = iso7816::tlv(0x80, transform(cipher, key, witness, Direction::Decrypt));
    const auto ours = iso7816::tlv(0x81, challenge);
    // QUIRK(PivApplet, all): an empty 82 after the two, as the standard shows it, is refused.
    request.insert(request.end(), ours.begin(), ours.end());
    const auto second = application.authenticate(id, Slot::Management, request);
    if (isNotTheKey(second.status)) return Authentication::OtherKey;
    if (second.status != sw::Ok) throw refusal("GENERAL AUTHENTICATE", second.status);
    const auto answer = iso7816::require(second.data, {0x7C, 0x82}, "answer to our challenge");
    const auto expected = transform(cipher, key, challenge, Direction::Encrypt);
    if (answer.size() != expected.size() ||
        CRYPTO_memcmp(answer.data(), expected.data(), expected.size()) != 0) {
        throw Failure{Fault::CardUntrusted,
                      "the chip cannot prove that it knows its management key; reject the card"};
    }
    return Authentication::Proved;
}

}  // namespace zegel::piv
