#include "drivers/base/entropy.h"
#include "hwsim/chips/data_object.h"
#include "hwsim/chips/piv_attestation.h"
#include "hwsim/chips/piv_chip.h"

#include <openssl/crypto.h>

#include <utility>

namespace zegel::hwsim {
namespace {

constexpr std::uint8_t ManagementReference = 0x9B;

/// Dynamic authentication template, SP 800-73-4 part 2, 3.2.4, table 7.
constexpr std::uint32_t TemplateTag = 0x7C;
constexpr std::uint32_t Witness = 0x80;
constexpr std::uint32_t Challenge = 0x81;
constexpr std::uint32_t Response = 0x82;
constexpr std::uint32_t Exponentiation = 0x85;

using Objects = std::vector<DataObject>;

std::optional<Objects> readTemplate(ByteView octets) {
    const auto outer = readDataObjects(octets);
    if (!outer || outer->size() != 1 || outer->front().tag != TemplateTag) return std::nullopt;
    return readDataObjects(outer->front().value);
}

/// A data object that is there and empty: "give me this".
bool asks(const Objects& objects, std::uint32_t tag) {
    const auto value = valueOf(objects, tag);
    return value && value->empty();
}

/// A data object that is there and not empty.
std::optional<ByteView> gives(const Objects& objects, std::uint32_t tag) {
    const auto value = valueOf(objects, tag);
    if (!value || value->empty()) return std::nullopt;
    return value;
}

Answer templateOf(std::uint32_t tag, ByteView value) {
    return {Status::Ok, dataObject(TemplateTag, dataObject(tag, value))};
}

bool same(ByteView one, ByteView other) {
    return !one.empty() && one.size() == other.size() &&
           CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace

Answer PivChip::generalAuthenticate(const CommandFrame& frame) {
    if (frame.p2 == ManagementReference) return authenticateManagement(frame);
    return useKey(frame);
}

/// Mutual (witness, then challenge) and external authentication with the management key.
/// Source: SP 800-73-4 part 2, 3.2.4 and A.1.
Answer PivChip::authenticateManagement(const CommandFrame& frame) {
    const ManagementKey& key = memory_.management;
    const std::uint8_t algorithm = frame.p1 == 0 ? piv::TripleDes : frame.p1;
    if (algorithm != key.algorithm) return {Status::WrongP1P2};
    const auto objects = readTemplate(frame.data);
    if (!objects) return {Status::WrongData};
    const Bytes witness = std::exchange(session_.witness, {});
    const Bytes challenge = std::exchange(session_.challenge, {});
    const std::size_t block = blockLength(key.algorithm);

    if (asks(*objects, Witness)) {
        session_.witness = randomBytes(block);
        return templateOf(Witness, encryptBlock(key.algorithm, key.value, session_.witness));
    }
    if (asks(*objects, Challenge)) {
        session_.challenge = randomBytes(block);
        return templateOf(Challenge, session_.challenge);
    }
    session_.management = false;
    const auto shownWitness = gives(*objects, Witness);
    const auto hostChallenge = gives(*objects, Challenge);
    if (shownWitness && hostChallenge) {
        if (hostChallenge->size() != block) return {Status::WrongData};
        if (!same(*shownWitness, witness)) return {Status::SecurityStatus};
        session_.management = true;
        return templateOf(Response, encryptBlock(key.algorithm, key.value, *hostChallenge));
    }
    const auto response = gives(*objects, Response);
    if (!response || shownWitness || hostChallenge) return {Status::WrongData};
    if (challenge.empty()) return {Status::SecurityStatus};
    if (!same(*response, encryptBlock(key.algorithm, key.value, challenge))) {
        return {Status::SecurityStatus};
    }
    session_.management = true;
    return {Status::Ok};
}

std::optional<Status> PivChip::refusalToUse(const StoredKey& key) {
    const bool fresh = std::exchange(session_.pinFresh, false);
    if (key.pinPolicy == policy::PinNever) return std::nullopt;
    if (key.pinPolicy == policy::PinAlways && !fresh) return Status::SecurityStatus;
    if (!session_.pinVerified) return Status::SecurityStatus;
    return std::nullopt;
}

/// Internal authentication, signature, RSA key transport (all 81) and ECDH (85).
/// Source: SP 800-73-4 part 2, 3.2.4 and A.2 to A.5.
Answer PivChip::useKey(const CommandFrame& frame) {
    const auto found = memory_.keys.find(frame.p2);
    if (found == memory_.keys.end() || frame.p2 == AttestationSlot) {
        return {Status::NoSuchReference};
    }
    const StoredKey& key = found->second;
    if (frame.p1 != key.pair.algorithm()) return {Status::WrongP1P2};
    const auto objects = readTemplate(frame.data);
    if (!objects || !asks(*objects, Response)) return {Status::WrongData};
    if (const auto refused = refusalToUse(key)) return {*refused};

    std::optional<Bytes> result;
    if (const auto input = gives(*objects, Challenge)) {
        result = key.pair.isRsa() ? key.pair.rawRsa(*input) : key.pair.signDigest(*input);
    } else if (const auto point = gives(*objects, Exponentiation); point && !key.pair.isRsa()) {
        result = key.pair.agree(*point);
    }
    if (!result) return {Status::WrongData};
    return templateOf(Response, *result);
}

}  // namespace zegel::hwsim
