#pragma once

#include "cardprofiles/profile.h"

#include <optional>
#include <string>
#include <vector>

namespace zegel::cardprofiles {

/// A rule that a profile breaks: the key of its TOML table, what is wrong and what to do.
struct BrokenRule {
    std::string key;
    std::string message;
};

/// What has to hold between the entries of one key: where it may be made, what signs with it,
/// what its certificate may say. Nothing when all is well.
std::optional<BrokenRule> brokenRuleOf(const KeyRule& key);

/// The same for the entries of its certificate ("key.certificate").
std::optional<BrokenRule> brokenCertificateRuleOf(const KeyRule& key);

/// The languages that letters can be written in.
const std::vector<std::string>& knownLanguages();

}  // namespace zegel::cardprofiles
