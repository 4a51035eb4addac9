#include "station/report/event_signer.h"

#include "drivers/base/bytes.h"
#include "station/report/base64_url.h"

#include <openssl/ecdsa.h>

#include <array>

namespace zegel::station {
namespace {

using SignaturePtr = std::unique_ptr<ECDSA_SIG, openssl::Freed<ECDSA_SIG_free>>;

constexpr int CoordinateOctets = 32;

std::string headerFor(const X509& certificate) {
    const auto der = openssl::toDer(certificate);
    std::array<std::uint8_t, 32> thumbprint{};
    openssl::expect(
        EVP_Digest(der.data(), der.size(), thumbprint.data(), nullptr, EVP_sha256(), nullptr) == 1,
        Fault::Defect, "the thumbprint of the certificate that signs events");
    const auto json =
        R"({"alg":"ES256","b64":false,"crit":["b64"],"x5t#S256":")" + base64Url(thumbprint) + "\"}";
    return base64Url(bytesOf(json));
}

/// r and s side by side, as JWS has them. Source: RFC 7518, 3.4.
std::array<std::uint8_t, std::size_t{2} * CoordinateOctets> sideBySide(ByteView der) {
    const auto* at = der.data();
    const SignaturePtr signature{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
    openssl::expect(signature != nullptr, Fault::TokenUnavailable, "the signature over an event");
    std::array<std::uint8_t, std::size_t{2} * CoordinateOctets> both{};
    const bool fits =
        BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), both.data(), CoordinateOctets) > 0 &&
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), both.data() + CoordinateOctets,
                     CoordinateOctets) > 0;
    openssl::expect(fits, Fault::TokenUnavailable, "the signature over an event");
    return both;
}

bool isOnP256(const EVP_PKEY& key) {
    std::array<char, 32> group{};
    return EVP_PKEY_get_base_id(&key) == EVP_PKEY_EC &&
           EVP_PKEY_get_group_name(&key, group.data(), group.size(), nullptr) == 1 &&
           std::string_view{group.data()} == "prime256v1";
}

}  // namespace

EventSigner::EventSigner(openssl::PkeyPtr key, const X509& certificate)
    : key_(std::move(key)), header_(headerFor(certificate)) {
    const auto* of = X509_get0_pubkey(&certificate);
    if (of != nullptr && isOnP256(*of) && EVP_PKEY_eq(of, key_.get()) == 1) return;
    throw Failure{Fault::SettingUnusable,
                  "settings, [orders]: the certificate is not that of the key, or not on P-256; "
                  "name the one made for key_label"};
}

std::string EventSigner::sign(std::string_view body) const {
    const openssl::DigestCtxPtr context{EVP_MD_CTX_new()};
    const std::string before = header_ + ".";
    std::array<std::uint8_t, 128> der{};
    std::size_t length = der.size();
    const bool signedWell =
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
        EVP_DigestSignUpdate(context.get(), before.data(), before.size()) == 1 &&
        EVP_DigestSignUpdate(context.get(), body.data(), body.size()) == 1 &&
        EVP_DigestSignFinal(context.get(), der.data(), &length) == 1;
    openssl::expect(signedWell, Fault::TokenUnavailable, "an event cannot be signed");
    return header_ + ".." + base64Url(sideBySide(ByteView{der}.first(length)));
}

}  // namespace zegel::station
