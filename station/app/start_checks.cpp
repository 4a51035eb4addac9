#include "station/app/start_checks.h"

#include "drivers/base/failure.h"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace zegel::station {
namespace {

bool wants(const cardprofiles::Profile& profile, cardprofiles::Attestation attestation) {
    return std::ranges::find(profile.keys, attestation, &cardprofiles::KeyRule::attestation) !=
           profile.keys.end();
}

/// What a station writes only once it has orders or cards.
std::optional<std::filesystem::path> workLeftBy(const config::StationSettings& settings) {
    for (const auto& folder :
         {settings.reports, settings.letters.value_or(settings.escrow), settings.escrow}) {
        std::error_code notThere;
        for (const auto& entry : std::filesystem::directory_iterator{folder, notThere}) {
            const auto name = entry.path().filename().string();
            const bool ofOrders = folder != settings.reports || name.ends_with(".status.json");
            if (entry.is_regular_file() && ofOrders && name != "station.status.json")
                return entry.path();
        }
    }
    return std::nullopt;
}

}  // namespace

void expectItsLedger(const config::StationSettings& settings) {
    if (std::filesystem::exists(settings.ledger)) return;
    const auto left = workLeftBy(settings);
    if (!left) return;
    throw Failure{Fault::SettingUnusable,
                  "the ledger " + settings.ledger.string() +
                      " is not there, and this station has worked before (" + left->string() +
                      "): an empty one would give out the same numbers again. Bring it back with "
                      "zegel restore; for a new station, begin with empty folders"};
}

void expectReleaseRules(const cardprofiles::Profiles& profiles, bool hasApi) {
    if (hasApi) return;
    for (const auto& [name, profile] : profiles) {
        if (profile.release == cardprofiles::ReleaseRule::AfterReceipt) continue;
        throw Failure{Fault::SettingUnusable,
                      "profile " + name +
                          " releases its letter after dispatch, which is told over the API: add "
                          "[api] to the settings, or take the profile out of its folder"};
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
