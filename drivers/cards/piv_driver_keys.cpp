#include "drivers/base/openssl.h"
#include "drivers/cards/piv/attestation.h"
#include "drivers/cards/piv/keys.h"
#include "drivers/cards/piv/objects.h"
#include "drivers/cards/piv/padding.h"
#include "drivers/cards/piv_driver.h"

#include <algorithm>

namespace zegel::cards {
namespace {

namespace sw = iso7816::sw;
using iso7816::CommandApdu;

constexpr iso7816::Tag Challenge = 0x81;
constexpr iso7816::Tag Response = 0x82;
constexpr iso7816::Tag Exponentiation = 0x85;

bool contains(const std::vector<KeyAlgorithm>& algorithms, KeyAlgorithm wanted) {
    return std::ranges::find(algorithms, wanted) != algorithms.end();
}

/// The chip has no room, or not this algorithm after all: nothing was changed.
Fault faultOf(iso7816::StatusWord status) {
    const bool cannot = status == sw::NotEnoughMemory || status == sw::WrongData ||
                        status == sw::FunctionNotSupported || status == sw::WrongParameters ||
                        status == sw::WrongParameterValues || status == sw::InstructionNotSupported;
    return cannot ? Fault::CardUnsuitable : Fault::CardRefused;
}

std::string sentence(std::string_view verb, KeyAlgorithm algorithm, Purpose purpose) {
    return std::string{verb} + " of a " + std::string{nameOf(algorithm)} + " key for " +
           std::string{nameOf(purpose)};
}

Failure cannot(std::string_view verb, KeyAlgorithm algorithm, const std::string& firmware) {
    return Failure{Fault::CardUnsuitable,
                   "this chip (firmware " + (firmware.empty() ? "unknown" : firmware) +
                       ") cannot " + std::string{verb} + " " + std::string{nameOf(algorithm)} +
                       " keys; take a card of a product that can, or another profile"};
}

}  // namespace

Bytes PivDriver::makeKey(Purpose purpose, KeyAlgorithm algorithm) {
    if (!contains(capabilities().generates, algorithm)) {
        throw cannot("make", algorithm, identity_.firmware);
    }
    const auto made = application_.generate(piv::slotFor(purpose), piv::idOf(algorithm));
    if (made.status != sw::Ok) {
        throw piv::refusal(sentence("GENERATE ASYMMETRIC KEY PAIR", algorithm, purpose),
                           made.status, faultOf(made.status));
    }
    return piv::publicKeyFrom(made.data, algorithm);
}

void PivDriver::importKey(Purpose purpose, KeyAlgorithm algorithm, const SecretBytes& pkcs8) {
    if (!contains(capabilities().imports, algorithm)) {
        throw cannot("import", algorithm, identity_.firmware);
    }
    const auto parts = piv::importParts(pkcs8, algorithm);
    const auto status = application_.importKey(piv::slotFor(purpose), piv::idOf(algorithm), parts);
    if (status == sw::Ok) return;
    throw piv::refusal(sentence("IMPORT", algorithm, purpose), status, faultOf(status));
}

std::vector<Bytes> PivDriver::attestation(Purpose purpose) {
    if (!capabilities().attests) return {};
    // Refused for an imported key, an empty slot, and where the build leaves attestation out.
    auto statement = application_.attest(piv::slotFor(purpose));
    if (statement.status != sw::Ok || statement.data.empty()) return {};
    if (!attestationIssuer_)
        attestationIssuer_ = application_.object(piv::object::AttestationCertificate);
    const auto& object = attestationIssuer_;
    if (!object) return {};
    const auto contradiction = piv::contradictionIn(piv::statementIn(statement.data),
                                                    piv::slotFor(purpose), version_, numberTold_);
    if (!contradiction.empty()) {
        throw Failure{Fault::CardUntrusted, "the attestation of the key for " +
                                                std::string{nameOf(purpose)} + " " + contradiction};
    }
    // QUIRK(PivApplet, all): the issuer's certificate stands in its object bare, without 70.
    const bool bare = object->front() == 0x30;
    auto issuer = bare ? *object : piv::certificateIn(*object);
    std::vector<Bytes> chain;
    chain.push_back(std::move(statement.data));
    chain.push_back(std::move(issuer));
    return chain;
}

Bytes PivDriver::privateOperation(Purpose purpose, KeyAlgorithm algorithm, iso7816::Tag tag,
                                  ByteView input, CommandApdu::Body body) {
    auto request = iso7816::tlv(Response, Bytes{});
    const auto operand = iso7816::tlv(tag, input);
    request.insert(request.end(), operand.begin(), operand.end());
    auto answer = application_.authenticate(static_cast<std::uint8_t>(piv::idOf(algorithm)),
                                            piv::slotFor(purpose), request, body);
    if (answer.status == sw::SecurityStatusNotSatisfied) {
        throw Failure{Fault::CardRefused, "the chip refused to use its key for " +
                                              std::string{nameOf(purpose)} +
                                              ": the PIN was not presented directly before"};
    }
    if (answer.status != sw::Ok) {
        throw piv::refusal("GENERAL AUTHENTICATE with the key for " + std::string{nameOf(purpose)},
                           answer.status);
    }
    const auto result = iso7816::require(answer.data, {0x7C, Response}, "result");
    Bytes copied{result.begin(), result.end()};
    OPENSSL_cleanse(answer.data.data(), answer.data.size());
    return copied;
}

Bytes PivDriver::sign(Purpose purpose, KeyAlgorithm algorithm, SignatureScheme scheme,
                      ByteView digest) {
    const auto block = piv::toBeSigned(scheme, algorithm, digest);
    auto signature =
        privateOperation(purpose, algorithm, Challenge, block, CommandApdu::Body::Shown);
    if (isRsa(algorithm) && signature.size() != piv::sizeOf(algorithm)) {
        throw Failure{Fault::CardUntrusted, "the chip's signature has the wrong length"};
    }
    return signature;
}

SecretBytes PivDriver::recover(Purpose purpose, KeyAlgorithm algorithm, ByteView input) {
    const auto size = piv::sizeOf(algorithm);
    const bool rsa = isRsa(algorithm);
    if (input.size() != (rsa ? size : 1 + 2 * size)) {
        throw Failure{Fault::Defect, "input of the wrong length for a private-key operation"};
    }
    // Withheld for the sake of the answer: what the chip recovers belongs to nobody else.
    SecretBytes secret{privateOperation(purpose, algorithm, rsa ? Challenge : Exponentiation, input,
                                        CommandApdu::Body::Withheld)};
    if (secret.size() != size) {
        throw Failure{Fault::CardUntrusted, "what the chip recovered has the wrong length"};
    }
    return secret;
}

}  // namespace zegel::cards
