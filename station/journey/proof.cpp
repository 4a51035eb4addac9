#include "station/journey/proof.h"

#include "drivers/base/entropy.h"
#include "drivers/base/openssl.h"

#include <openssl/rsa.h>

namespace zegel::station {
namespace {

Failure untrusted(const cardprofiles::KeyRule& rule, const std::string& what) {
    return Failure{Fault::CardUntrusted,
                   "the key for " + std::string{nameOf(rule.purpose)} + " " + what};
}

SignatureScheme proofScheme(KeyAlgorithm algorithm) {
    if (isRsa(algorithm)) return SignatureScheme::RsaPkcs1Sha256;
    return algorithm == KeyAlgorithm::EcP256 ? SignatureScheme::EcdsaSha256
                                             : SignatureScheme::EcdsaSha384;
}

void proveSignature(cards::CardDriver& chip, const cardprofiles::KeyRule& rule, EVP_PKEY& key) {
    const auto scheme = proofScheme(rule.algorithm);
    const auto* hash = scheme == SignatureScheme::EcdsaSha384 ? EVP_sha384() : EVP_sha256();
    const auto digest = randomBytes(static_cast<std::size_t>(EVP_MD_get_size(hash)));
    const auto signature = chip.sign(rule.purpose, rule.algorithm, scheme, digest);
    const openssl::PkeyCtxPtr context{EVP_PKEY_CTX_new(&key, nullptr)};
    const bool matches = context && EVP_PKEY_verify_init(context.get()) == 1 &&
                         EVP_PKEY_CTX_set_signature_md(context.get(), hash) == 1 &&
                         EVP_PKEY_verify(context.get(), signature.data(), signature.size(),
                                         digest.data(), digest.size()) == 1;
    openssl::takeErrors();
    if (!matches) throw untrusted(rule, "does not sign as its certificate says");
}

/// Raw RSA of a random number below the modulus: the chip has to give the number back.
void proveDecryption(cards::CardDriver& chip, const cardprofiles::KeyRule& rule, EVP_PKEY& key) {
    auto block = randomBytes(static_cast<std::size_t>(EVP_PKEY_get_size(&key)));
    block[0] = 0;
    const openssl::PkeyCtxPtr context{EVP_PKEY_CTX_new(&key, nullptr)};
    Bytes cipher(block.size());
    std::size_t size = cipher.size();
    const bool ok =
        context && EVP_PKEY_encrypt_init(context.get()) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1 &&
        EVP_PKEY_encrypt(context.get(), cipher.data(), &size, block.data(), block.size()) == 1;
    openssl::expect(ok, Fault::Defect, "encrypting for the proof");
    if (!sameSecret(chip.recover(rule.purpose, rule.algorithm, cipher), secretOf(block))) {
        throw untrusted(rule, "does not decrypt as its certificate says");
    }
}

Bytes uncompressedPoint(const EVP_PKEY& key) {
    std::size_t size = 0;
    EVP_PKEY_get_octet_string_param(&key, "encoded-pub-key", nullptr, 0, &size);
    Bytes point(size);
    const bool ok = EVP_PKEY_get_octet_string_param(&key, "encoded-pub-key", point.data(),
                                                    point.size(), &size) == 1;
    openssl::expect(ok, Fault::Defect, "reading a point for the proof");
    return point;
}

void proveAgreement(cards::CardDriver& chip, const cardprofiles::KeyRule& rule, EVP_PKEY& key) {
    const openssl::PkeyPtr ours{
        EVP_EC_gen(rule.algorithm == KeyAlgorithm::EcP256 ? "P-256" : "P-384")};
    const openssl::PkeyCtxPtr context{EVP_PKEY_CTX_new(ours.get(), nullptr)};
    std::size_t size = 0;
    bool ok = ours && context && EVP_PKEY_derive_init(context.get()) == 1 &&
              EVP_PKEY_derive_set_peer(context.get(), &key) == 1 &&
              EVP_PKEY_derive(context.get(), nullptr, &size) == 1;
    SecretBytes expected{size};
    expected.fill([&](std::span<std::uint8_t> out) {
        ok = ok && EVP_PKEY_derive(context.get(), out.data(), &size) == 1;
    });
    openssl::expect(ok, Fault::Defect, "agreeing on a secret for the proof");
    if (!sameSecret(chip.recover(rule.purpose, rule.algorithm, uncompressedPoint(*ours)),
                    expected)) {
        throw untrusted(rule, "does not agree as its certificate says");
    }
}

}  // namespace

void proveKey(cards::CardDriver& chip, const cardprofiles::KeyRule& rule, ByteView certificate) {
    const auto spki = openssl::spkiIn(certificate, Fault::CardUntrusted);
    const auto key = openssl::publicKeyFromSpki(spki, Fault::CardUntrusted);
    if (rule.purpose != Purpose::Confidentiality) return proveSignature(chip, rule, *key);
    if (isRsa(rule.algorithm)) return proveDecryption(chip, rule, *key);
    proveAgreement(chip, rule, *key);
}

ProofRecord::ProofRecord(const Claim& claim, TimePoint at)
    : text_("proved: " + toRfc3339(at) + "\nchip: " + claim.chip.serial.value() +
            "\ncertificate number: " + claim.number.value() +
            "\nfactory values: none left\nown keys: accepted\nPIN: accepted\n") {}

void ProofRecord::add(const cardprofiles::KeyRule& rule, std::string_view certificateSerial) {
    text_ += std::string{nameOf(rule.purpose)} + ": certificate " + std::string{certificateSerial} +
             " reads back as issued, the " + std::string{nameOf(rule.algorithm)} +
             " key matches it\n";
}

void ProofRecord::add(std::string_view line) {
    text_ += std::string{line} + "\n";
}

}  // namespace zegel::station
