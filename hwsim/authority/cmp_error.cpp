#include "hwsim/authority/cmp_error.h"

#include "hwsim/authority/cmp_body.h"

#include <openssl/asn1.h>

#include <initializer_list>

namespace zegel::hwsim {

namespace {

constexpr std::uint8_t Sequence = 0x30;
constexpr std::uint8_t Integer = 0x02;
constexpr std::uint8_t BitString = 0x03;
constexpr std::uint8_t Utf8String = 0x0C;
constexpr std::uint8_t Protection = 0xA0;

std::uint8_t explicitTag(int number) {
    return static_cast<std::uint8_t>(0xA0 | number);
}

Bytes joined(std::initializer_list<ByteView> parts) {
    Bytes all;
    for (const auto part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

Bytes element(std::uint8_t tag, ByteView inside) {
    const auto size = inside.size();
    Bytes der;
    der.reserve(4 + size);
    der.push_back(tag);
    if (size >= 0x100) {
        der.push_back(0x82);
        der.push_back(static_cast<std::uint8_t>(size >> 8U));
    } else if (size >= 0x80) {
        der.push_back(0x81);
    }
    der.push_back(static_cast<std::uint8_t>(size));
    der.insert(der.end(), inside.begin(), inside.end());
    return der;
}

/// The whole elements inside a SEQUENCE.
std::vector<ByteView> elementsOf(ByteView sequence) {
    std::vector<ByteView> parts;
    const auto* at = sequence.data();
    const auto* const end = at + sequence.size();
    long length = 0;
    int tag = 0;
    int form = 0;
    ASN1_get_object(&at, &length, &tag, &form, end - at);
    while (at < end) {
        const auto* const start = at;
        if ((ASN1_get_object(&at, &length, &tag, &form, end - at) & 0x80) != 0) break;
        at += length;
        parts.emplace_back(start, at);
    }
    return parts;
}

/// A named bit: as many octets as it needs, the unused bits told first.
Bytes failInfo(int bit) {
    Bytes octets(static_cast<std::size_t>(bit / 8 + 2));
    octets.front() = static_cast<std::uint8_t>(7 - bit % 8);
    octets.back() = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    return element(BitString, octets);
}

Bytes signatureOver(ByteView text, EVP_PKEY& key) {
    const openssl::DigestCtxPtr context{EVP_MD_CTX_new()};
    Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(&key)));
    std::size_t size = signature.size();
    openssl::expect(
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, &key) == 1 &&
            EVP_DigestSign(context.get(), signature.data(), &size, text.data(), text.size()) == 1,
        Fault::Defect, "protecting an error message");
    signature.resize(size);
    return signature;
}

}  // namespace

Bytes errorInPlaceOf(ByteView answer, int failInfoBit, const std::string& text, EVP_PKEY& key) {
    const auto parts = elementsOf(answer);  // header, body, protection, extraCerts
    openssl::expect(parts.size() >= 3, Fault::Defect, "an answer without protection");
    const Bytes rejection{Integer, 1, 2};
    const auto words = element(Sequence, element(Utf8String, bytesOf(text)));
    const auto status = element(Sequence, joined({rejection, words, failInfo(failInfoBit)}));
    const auto body = element(explicitTag(CmpError), element(Sequence, status));
    const auto header = parts.front();
    const auto signature = signatureOver(element(Sequence, joined({header, body})), key);
    const Bytes noUnusedBits{0};
    const auto protection =
        element(Protection, element(BitString, joined({noUnusedBits, signature})));
    const auto certificates = parts.size() > 3 ? parts[3] : ByteView{};
    return element(Sequence, joined({header, body, protection, certificates}));
}

}  // namespace zegel::hwsim
