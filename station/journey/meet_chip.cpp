#include "station/journey/stages.h"

#include <algorithm>

namespace zegel::station {
namespace {

using cardprofiles::KeyOrigin;
using cardprofiles::KeyRule;
using cards::Capabilities;

template <typename Value>
bool has(const std::vector<Value>& values, const Value& wanted) {
    return std::ranges::find(values, wanted) != values.end();
}

std::string codeComplaint(std::string_view code, int digits, const cards::CodeRule& rule) {
    const auto length = static_cast<std::size_t>(digits);
    if (length >= rule.shortest && length <= rule.longest) return {};
    return "the profile's " + std::string{code} + " has " + std::to_string(digits) +
           " digits and the chip takes " + std::to_string(rule.shortest) + " to " +
           std::to_string(rule.longest);
}

std::string keyComplaint(const KeyRule& rule, const Capabilities& able) {
    const auto algorithm = std::string{nameOf(rule.algorithm)};
    const auto purpose = std::string{nameOf(rule.purpose)};
    if (!has(able.purposes, rule.purpose)) return "the chip has no place for a key for " + purpose;
    if (rule.origin == KeyOrigin::OnChip && !has(able.generates, rule.algorithm)) {
        return "the chip cannot make the " + algorithm + " key for " + purpose;
    }
    if (rule.origin == KeyOrigin::InStation && !has(able.imports, rule.algorithm)) {
        return "the chip cannot take the " + algorithm + " key for " + purpose;
    }
    return {};
}

/// A chip whose tries cannot be chosen must not have more than the profile says. Fewer may be left
/// of a code that somebody tried: presenting it gives them back, and the proof holds the chip to
/// it.
std::string triesComplaint(const cardprofiles::Profile& profile, const Guest& guest) {
    if (guest.driver->capabilities().setsTries) return {};
    const auto complaint = [](const char* code, std::optional<int> left, int asked) {
        if (!left || *left <= asked) return std::string{};
        return "the chip gives " + std::to_string(*left) + " tries of the " + code +
               " and cannot be told otherwise, the profile asks " + std::to_string(asked);
    };
    auto words = complaint("PIN", guest.condition.pinTriesLeft, profile.pin.tries);
    if (!words.empty() || !profile.puk) return words;
    return complaint("PUK", guest.condition.pukTriesLeft, profile.puk->tries);
}

}  // namespace

std::string complaintOf(const cardprofiles::Profile& profile, const Guest& guest) {
    const auto& able = guest.driver->capabilities();
    const auto& family = guest.driver->identity().family;
    if (!has(profile.families, family)) return "the profile does not use chips of family " + family;
    if (!guest.condition.isBlank()) {
        std::string found;
        for (const auto& thing : guest.condition.notBlank)
            found += (found.empty() ? "" : ", ") + thing;
        return "the chip is not blank: " + found;
    }
    if (guest.condition.pinTriesLeft == 0) return "the PIN is blocked";
    if (guest.condition.pukTriesLeft == 0) return "the PUK is blocked";
    if (auto words = triesComplaint(profile, guest); !words.empty()) return words;
    for (const auto& key : profile.keys) {
        if (key.attestation == cardprofiles::Attestation::Required && !able.attests) {
            return "the chip does not attest its keys, and the profile requires it";
        }
        if (auto words = keyComplaint(key, able); !words.empty()) return words;
    }
    if (auto words = codeComplaint("PIN", profile.pin.digits, able.pin); !words.empty())
        return words;
    if (!profile.puk) {
        return able.puk
                   ? "the chip has a PUK and the profile sets none, so it would keep the factory's"
                   : std::string{};
    }
    if (!able.puk) return "the profile has a PUK and the chip has none";
    return codeComplaint("PUK", profile.puk->digits, *able.puk);
}

Met meetChip(Admitted&& admitted, Guest& guest) {
    auto luggage = std::move(admitted.luggage_);
    luggage.house.tell(Step::MeetChip);
    luggage.guest = &guest;
    if (guest.driver->identity().serial != luggage.claim.chip.serial) {
        throw Failure{Fault::CardUntrusted,
                      "the chip says it is " + guest.driver->identity().serial.value() +
                          " and the order was bound to " + luggage.claim.chip.serial.value()};
    }
    if (const auto words = complaintOf(luggage.profile, guest); !words.empty()) {
        throw Failure{Fault::CardUnsuitable, words + "; take it out and put in a blank one"};
    }
    return Met{std::move(luggage)};
}

}  // namespace zegel::station
