#include "station/journey/group_keys.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/hex.h"
#include "pinmailer/seal/sealer.h"

#include <openssl/pkcs12.h>
#include <openssl/rsa.h>

namespace zegel::station {
namespace {

using openssl::expect;

openssl::PkeyPtr generated(KeyAlgorithm algorithm) {
    switch (algorithm) {
        case KeyAlgorithm::Rsa2048: return openssl::PkeyPtr{EVP_RSA_gen(2048)};
        case KeyAlgorithm::Rsa3072: return openssl::PkeyPtr{EVP_RSA_gen(3072)};
        case KeyAlgorithm::Rsa4096: return openssl::PkeyPtr{EVP_RSA_gen(4096)};
        case KeyAlgorithm::EcP256: return openssl::PkeyPtr{EVP_EC_gen("P-256")};
        case KeyAlgorithm::EcP384: return openssl::PkeyPtr{EVP_EC_gen("P-384")};
    }
    return nullptr;
}

SecretBytes toPkcs8(const EVP_PKEY& key) {
    using Pkcs8Ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, openssl::Freed<PKCS8_PRIV_KEY_INFO_free>>;
    const Pkcs8Ptr plain{EVP_PKEY2PKCS8(&key)};
    expect(plain != nullptr, Fault::Defect, "private key to PKCS#8");
    const int size = i2d_PKCS8_PRIV_KEY_INFO(plain.get(), nullptr);
    expect(size > 0, Fault::Defect, "private key to PKCS#8");
    SecretBytes der{static_cast<std::size_t>(size)};
    der.fill([&](std::span<std::uint8_t> out) {
        auto* at = out.data();
        i2d_PKCS8_PRIV_KEY_INFO(plain.get(), &at);
    });
    return der;
}

/// The subject is part of the name: two groups under one id never share a key.
/// Ledger::forgetFinishedGroupKeys spells it the same way.
std::string groupOf(const Order& order) {
    return "group " + order.groupId + " of " + order.subject.kvkNumber + " " + order.subject.group;
}

/// A key for one order only is kept too when it is escrowed: the order's next card gets the same.
std::string keeperOf(const Order& order, const cardprofiles::KeyRule& rule) {
    return rule.sharedByGroup ? groupOf(order) : "order " + order.id.value();
}

int bitsOf(KeyAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case KeyAlgorithm::Rsa2048: return 2048;
        case KeyAlgorithm::Rsa3072: return 3072;
        case KeyAlgorithm::Rsa4096: return 4096;
        case KeyAlgorithm::EcP256: return 256;
        case KeyAlgorithm::EcP384: return 384;
    }
    return 0;
}

void expectOf(KeyAlgorithm algorithm, const EVP_PKEY& key, const std::string& keeper,
              const Order& order) {
    const bool sameKind = EVP_PKEY_is_a(&key, isRsa(algorithm) ? "RSA" : "EC") == 1;
    if (sameKind && EVP_PKEY_get_bits(&key) == bitsOf(algorithm)) return;
    throw Failure{Fault::OrderUnusable,
                  "order " + order.id.value() + ": " + keeper + " keeps a confidentiality key of " +
                      std::to_string(EVP_PKEY_get_bits(&key)) + " bits (" +
                      EVP_PKEY_get0_type_name(&key) + "), and the profile " + order.profile +
                      " now asks for " + std::string{nameOf(algorithm)} +
                      ": put the profile back as it was and release the order, or cancel it; when "
                      "no order of theirs is open any more the old key is forgotten, and the order "
                      "may be sent again under a new id"};
}

/// "confidentiality-" and the first octets of the key's SHA-256: found again from any certificate.
std::string escrowName(const EVP_PKEY& key) {
    constexpr std::size_t ShownOctets = 10;
    const auto spki = openssl::toSpki(key);
    Bytes digest(32);
    expect(EVP_Digest(spki.data(), spki.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1,
           Fault::Defect, "naming an escrow copy");
    return "confidentiality-" + toHex(ByteView{digest}.first(ShownOctets)) + ".cms";
}

}  // namespace

StationKey makeStationKey(KeyAlgorithm algorithm) {
    auto key = generated(algorithm);
    expect(key != nullptr, Fault::Defect, "making a " + std::string{nameOf(algorithm)} + " key");
    auto pkcs8 = toPkcs8(*key);
    return {std::move(pkcs8), std::move(key)};
}

StationKey stationKeyOf(SecretBytes pkcs8) {
    auto key = pkcs8.disclose(Disclosure::ToCipher, [](ByteView der) {
        const auto* at = der.data();
        return openssl::PkeyPtr{d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size()))};
    });
    expect(key != nullptr, Fault::Defect, "a kept group key is not PKCS#8");
    return {std::move(pkcs8), std::move(key)};
}

void GroupKeys::expectFitting(const Order& order, const cardprofiles::KeyRule& rule) {
    keptFor(keeperOf(order, rule), order, rule);
}

std::optional<StationKey> GroupKeys::keptFor(const std::string& group, const Order& order,
                                             const cardprofiles::KeyRule& rule) {
    const auto kept = ledger_.groupKey(group, order.profile);
    if (!kept) return std::nullopt;
    auto key = stationKeyOf(wrap_.unwrap(*kept, bytesOf(group + order.profile)));
    expectOf(rule.algorithm, *key.key, group, order);
    return key;
}

StationKey GroupKeys::keyFor(const Order& order, const cardprofiles::KeyRule& rule) {
    const auto group = keeperOf(order, rule);
    if (auto kept = keptFor(group, order, rule)) return std::move(*kept);
    auto fresh = make_(rule.algorithm);
    if (!rule.sharedByGroup && !rule.escrow) return fresh;
    return keep(std::move(fresh), group, order, rule.escrow);
}

StationKey GroupKeys::keep(StationKey fresh, const std::string& group, const Order& order,
                           bool escrow) {
    if (escrow && recovery_ == nullptr) {
        throw Failure{Fault::SettingUnusable,
                      "profile " + order.profile +
                          " asks for an escrow copy and the settings name no recovery certificate: "
                          "set seal.recovery"};
    }
    const auto context = bytesOf(group + order.profile);
    const auto wrapped = wrap_.wrap(fresh.pkcs8, context);
    const auto copy = escrow ? seal::sealForRecovery(fresh.pkcs8, *recovery_) : Bytes{};
    // The file first: a copy of a key that was not kept does no harm, a kept key without one would.
    if (escrow) writeDurably(escrowFolder_ / escrowName(*fresh.key), copy);
    const auto kept = ledger_.keepGroupKey(group, order.profile, wrapped, copy);
    if (kept == wrapped) return fresh;
    if (escrow) std::filesystem::remove(escrowFolder_ / escrowName(*fresh.key));
    return stationKeyOf(wrap_.unwrap(kept, context));  // another reader made the group's key first
}

}  // namespace zegel::station
