#include "drivers/base/entropy.h"
#include "hwsim/chips/data_object.h"
#include "hwsim/chips/piv_attestation.h"
#include "hwsim/chips/piv_chip.h"

#include <algorithm>

namespace zegel::hwsim {
namespace {

constexpr std::uint8_t SignatureSlot = 0x9C;
constexpr std::uint8_t CardAuthenticationSlot = 0x9E;
constexpr std::uint8_t FirstRetiredSlot = 0x82;

constexpr std::uint32_t AlgorithmTag = 0x80;
constexpr std::uint32_t PinPolicyTag = 0xAA;
constexpr std::uint32_t TouchPolicyTag = 0xAB;

struct Policies {
    std::uint8_t pin;
    std::uint8_t touch;
};

std::uint8_t usualPinPolicy(std::uint8_t slot) {
    switch (slot) {
        case SignatureSlot: return policy::PinAlways;
        case CardAuthenticationSlot:
        case AttestationSlot: return policy::PinNever;
        default: return policy::PinOnce;
    }
}

/// Nothing when one is out of range.
std::optional<Policies> policiesOf(const std::vector<DataObject>& objects, std::uint8_t slot) {
    Policies policies{usualPinPolicy(slot), policy::TouchNever};
    if (const auto value = valueOf(objects, PinPolicyTag)) {
        if (value->size() != 1 || value->front() > policy::PinAlways) return std::nullopt;
        if (value->front() != policy::Default) policies.pin = value->front();
    }
    if (const auto value = valueOf(objects, TouchPolicyTag)) {
        if (value->size() != 1 || value->front() > policy::TouchCached) return std::nullopt;
        if (value->front() != policy::Default) policies.touch = value->front();
    }
    return policies;
}

std::optional<KeyPair> keyOf(std::uint8_t algorithm, const std::vector<DataObject>& objects) {
    const bool elliptic = algorithm == piv::EcP256 || algorithm == piv::EcP384;
    if (elliptic) {
        const auto scalar = valueOf(objects, 0x06);
        if (!scalar || scalar->size() != (algorithm == piv::EcP256 ? 32U : 48U)) {
            return std::nullopt;
        }
        return KeyPair::fromEcScalar(algorithm, *scalar);
    }
    std::array<ByteView, 5> parts;
    for (std::size_t at = 0; at < parts.size(); ++at) {
        const auto part = valueOf(objects, static_cast<std::uint32_t>(at + 1));
        if (!part || part->empty()) return std::nullopt;
        parts[at] = *part;
    }
    return KeyPair::fromRsaParts(algorithm, parts[0], parts[1], parts[2], parts[3], parts[4]);
}

Bytes triesOf(const Code& code) {
    return {static_cast<std::uint8_t>(code.tries), static_cast<std::uint8_t>(code.left)};
}

Bytes isFactory(bool factory) {
    return {static_cast<std::uint8_t>(factory ? 1 : 0)};
}

Bytes metadataOf(const Code& code, const Bytes& factory) {
    Bytes out = dataObject(0x01, Bytes{0xFF});
    appendDataObject(out, 0x05, isFactory(code.value == factory));
    appendDataObject(out, 0x06, triesOf(code));
    return out;
}

Bytes metadataOf(const ManagementKey& key) {
    Bytes out = dataObject(0x01, Bytes{key.algorithm});
    appendDataObject(out, 0x02, Bytes{policy::Default, key.touchPolicy});
    appendDataObject(out, 0x05, isFactory(key.value == factoryManagementKey(key.algorithm)));
    return out;
}

Bytes metadataOf(const StoredKey& key) {
    Bytes out = dataObject(0x01, Bytes{key.pair.algorithm()});
    appendDataObject(out, 0x02, Bytes{key.pinPolicy, key.touchPolicy});
    appendDataObject(out, 0x03, Bytes{static_cast<std::uint8_t>(key.origin)});
    appendDataObject(out, 0x04, key.pair.publicTemplate());
    return out;
}

std::uint32_t drawnSerial() {
    std::uint32_t serial = 0;
    for (const auto octet : randomBytes(sizeof serial))
        serial = serial << 8U | octet;
    return serial;
}

}  // namespace

bool PivChip::isKeySlot(std::uint8_t reference) const noexcept {
    if (reference >= FirstRetiredSlot && reference <= memory_.model.lastRetiredSlot) return true;
    if (reference == AttestationSlot) return memory_.model.attests;
    return reference == 0x9A || reference == SignatureSlot || reference == 0x9D ||
           reference == CardAuthenticationSlot;
}

bool PivChip::knowsAlgorithm(std::uint8_t algorithm) const noexcept {
    return std::ranges::find(memory_.model.keyAlgorithms, algorithm) !=
           memory_.model.keyAlgorithms.end();
}

/// Source: SP 800-73-4 part 2, 3.3.2.
Answer PivChip::generate(const CommandFrame& frame) {
    if (!session_.management) return {Status::SecurityStatus};
    if (frame.p1 != 0x00 || !isKeySlot(frame.p2)) return {Status::WrongP1P2};
    const auto outer = readDataObjects(frame.data);
    if (!outer || outer->size() != 1 || outer->front().tag != 0xAC) return {Status::WrongData};
    const auto objects = readDataObjects(outer->front().value);
    const auto algorithm = objects ? valueOf(*objects, AlgorithmTag) : std::nullopt;
    if (!algorithm || algorithm->size() != 1 || !knowsAlgorithm(algorithm->front())) {
        return {Status::WrongData};
    }
    const auto policies = policiesOf(*objects, frame.p2);
    if (!policies) return {Status::WrongData};
    const StoredKey key{KeyPair::generated(algorithm->front()), KeyOrigin::Generated, policies->pin,
                        policies->touch};
    memory_.keys.insert_or_assign(frame.p2, key);
    remember();
    return {Status::Ok, dataObject(0x7F49, key.pair.publicTemplate())};
}

/// P1 algorithm, P2 slot.
Answer PivChip::importKey(const CommandFrame& frame) {
    if (!session_.management) return {Status::SecurityStatus};
    if (!isKeySlot(frame.p2) || !knowsAlgorithm(frame.p1)) return {Status::WrongP1P2};
    const auto objects = readDataObjects(frame.data);
    if (!objects) return {Status::WrongData};
    const auto policies = policiesOf(*objects, frame.p2);
    const auto pair = keyOf(frame.p1, *objects);
    if (!policies || !pair) return {Status::WrongData};
    memory_.keys.insert_or_assign(
        frame.p2, StoredKey{*pair, KeyOrigin::Imported, policies->pin, policies->touch});
    remember();
    return {Status::Ok};
}

/// P1 FF, P2 FF without or FE with touch; algorithm, 9B, length, key.
Answer PivChip::setManagementKey(const CommandFrame& frame) {
    if (!session_.management) return {Status::SecurityStatus};
    if (frame.p1 != 0xFF || frame.p2 < 0xFE) return {Status::WrongP1P2};
    if (frame.data.size() < 3 || frame.data[1] != 0x9B) return {Status::WrongData};
    const std::uint8_t algorithm = frame.data[0];
    const ByteView value = ByteView{frame.data}.subspan(3);
    const auto& known = memory_.model.managementAlgorithms;
    if (std::ranges::find(known, algorithm) == known.end() || frame.data[2] != value.size() ||
        value.size() != keyLength(algorithm)) {
        return {Status::WrongData};
    }
    // Parity bits are not looked at: the factory key itself does not have them right.
    if (algorithm == piv::TripleDes && isWeakTripleDes(value)) return {Status::WrongData};
    const std::uint8_t touch = frame.p2 == 0xFE ? policy::TouchAlways : policy::TouchNever;
    memory_.management = {algorithm, {value.begin(), value.end()}, touch};
    remember();
    return {Status::Ok};
}

/// P1 where to (FF: nowhere), P2 where from.
Answer PivChip::moveKey(const CommandFrame& frame) {
    if (!session_.management) return {Status::SecurityStatus};
    const bool discard = frame.p1 == 0xFF;
    if (!isKeySlot(frame.p2) || (!discard && !isKeySlot(frame.p1)) || frame.p1 == frame.p2) {
        return {Status::WrongP1P2};
    }
    const auto key = memory_.keys.find(frame.p2);
    if (key == memory_.keys.end()) return {Status::NoSuchReference};
    if (!discard) {
        if (memory_.keys.contains(frame.p1)) return {Status::WrongData};
        memory_.keys.emplace(frame.p1, key->second);
    }
    memory_.keys.erase(key);
    remember();
    return {Status::Ok};
}

Answer PivChip::attestKey(const CommandFrame& frame) {
    if (frame.p2 != 0x00 || !isKeySlot(frame.p1)) return {Status::WrongP1P2};
    const auto key = memory_.keys.find(frame.p1);
    if (key == memory_.keys.end()) return {Status::NoSuchReference};
    if (key->second.origin != KeyOrigin::Generated) return {Status::WrongData};
    const auto statement = attest(memory_, frame.p1, key->second);
    if (!statement) return {Status::NoSuchReference};
    return {Status::Ok, *statement};
}

Answer PivChip::metadata(const CommandFrame& frame) const {
    if (frame.p1 != 0x00) return {Status::WrongP1P2};
    switch (frame.p2) {
        case 0x80: return {Status::Ok, metadataOf(memory_.pin, factoryPin())};
        case 0x81: return {Status::Ok, metadataOf(memory_.puk, factoryPuk())};
        case 0x9B: return {Status::Ok, metadataOf(memory_.management)};
        default: break;
    }
    const auto key = memory_.keys.find(frame.p2);
    if (key == memory_.keys.end()) return {Status::NoSuchReference};
    return {Status::Ok, metadataOf(key->second)};
}

/// Only when nobody can get in any more: PIN and PUK blocked.
Answer PivChip::resetAll() {
    if (memory_.pin.left != 0 || memory_.puk.left != 0) return {Status::Conditions};
    resetToFactory(memory_);
    if (memory_.model.redrawsSerial) memory_.serial = drawnSerial();
    forgetStatus();
    remember();
    return {Status::Ok};
}

}  // namespace zegel::hwsim
