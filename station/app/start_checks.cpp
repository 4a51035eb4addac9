#include "station/app/start_checks.h"

#include "drivers/base/failure.h"

#include <algorithm>

namespace zegel::station {
namespace {

bool wants(const cardprofiles::Profile& profile, cardprofiles::Attestation attestation) {
    return std::ranges::find(profile.keys, attestation, &cardprofiles::KeyRule::attestation) !=
           profile.keys.end();
}

}  // namespace

void expectReleaseRules(const cardprofiles::Profiles& profiles) {
    for (const auto& [name, profile] : profiles) {
        if (profile.release == cardprofiles::ReleaseRule::AfterReceipt) continue;
        throw Failure{Fault::SettingUnusable,
                      "profile " + name +
                          " releases its letter after dispatch, and this station books no "
                          "dispatch yet: take the profile out of its folder"};
    }
}

std::string withoutMakers(const cardprofiles::Profiles& profiles) {
    std::string said;
    for (const auto& [name, profile] : profiles) {
        if (wants(profile, cardprofiles::Attestation::Required)) {
            throw Failure{Fault::SettingUnusable,
                          "profile " + name +
                              " requires chips to attest their keys, and the settings name no "
                              "maker to believe: set [chips] attestation_roots, or write "
                              "attestation = \"wanted\" in the profile"};
        }
        if (wants(profile, cardprofiles::Attestation::Wanted)) {
            said =
                "chips' attestations are kept as their own word and not verified: the settings "
                "name no attestation_roots";
        }
    }
    return said;
}

}  // namespace zegel::station
