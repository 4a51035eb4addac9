#include "hwsim/orders/event_signature.h"

#include "drivers/base/bytes.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <openssl/ecdsa.h>

#include <optional>

namespace zegel::hwsim {
namespace {

constexpr std::string_view Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t Coordinate = 32;

std::optional<Bytes> fromBase64Url(std::string_view text) {
    Bytes octets;
    unsigned bits = 0;
    int held = 0;
    for (const char c : text) {
        const auto value = Alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = bits << 6U | static_cast<unsigned>(value);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        octets.push_back(static_cast<std::uint8_t>(bits >> static_cast<unsigned>(held)));
    }
    return octets;
}

Poco::JSON::Object::Ptr headerIn(std::string_view encoded) {
    const auto octets = fromBase64Url(encoded);
    if (!octets) return nullptr;
    try {
        return Poco::JSON::Parser{}.parse(textOf(*octets)).extract<Poco::JSON::Object::Ptr>();
    } catch (const Poco::Exception&) {
        return nullptr;
    }
}

bool isUnencoded(const Poco::JSON::Object& header) {
    const auto critical = header.getArray("crit");
    return !critical.isNull() && critical->size() == 1 &&
           critical->getElement<std::string>(0) == "b64" && header.has("b64") &&
           !header.getValue<bool>("b64");
}

bool namesCertificate(const Poco::JSON::Object& header, const X509& station) {
    if (!header.has("x5t#S256")) return false;
    const auto der = openssl::toDer(station);
    Bytes digest(32);
    EVP_Digest(der.data(), der.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    return fromBase64Url(header.getValue<std::string>("x5t#S256")) == digest;
}

Bytes derOf(const Bytes& raw) {
    const std::unique_ptr<ECDSA_SIG, openssl::Freed<ECDSA_SIG_free>> pair{ECDSA_SIG_new()};
    ECDSA_SIG_set0(pair.get(), BN_bin2bn(raw.data(), Coordinate, nullptr),
                   BN_bin2bn(raw.data() + Coordinate, Coordinate, nullptr));
    unsigned char* encoded = nullptr;
    const int length = i2d_ECDSA_SIG(pair.get(), &encoded);
    Bytes der(encoded, encoded + std::max(length, 0));
    OPENSSL_free(encoded);
    return der;
}

}  // namespace

std::string objectionToSignature(std::string_view signature, std::string_view body,
                                 const X509& station) {
    const auto dots = signature.find("..");
    if (dots == std::string_view::npos) return "no detached signature in Zegel-Signature";
    const auto header = headerIn(signature.substr(0, dots));
    if (!header) return "the signature's header is no JSON";
    if (header->optValue<std::string>("alg", "") != "ES256") return "the signature is not ES256";
    if (!isUnencoded(*header)) return "the signature is over an encoded payload";
    if (!namesCertificate(*header, station)) return "the signature names another certificate";
    const auto raw = fromBase64Url(signature.substr(dots + 2));
    if (!raw || raw->size() != 2 * Coordinate) return "the signature has not 64 octets";
    const auto der = derOf(*raw);
    const auto input = std::string{signature.substr(0, dots)} + "." + std::string{body};
    const openssl::DigestCtxPtr context{EVP_MD_CTX_new()};
    const auto octets = bytesOf(input);
    const bool verified =
        EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr,
                             X509_get0_pubkey(&station)) == 1 &&
        EVP_DigestVerify(context.get(), der.data(), der.size(), octets.data(), octets.size()) == 1;
    openssl::takeErrors();
    return verified ? "" : "the signature does not fit the body";
}

}  // namespace zegel::hwsim
