#pragma once

#include "cardprofiles/profile_file.h"

#include <string>
#include <vector>

namespace zegel::station::testing {

enum class Fate { Taken, OrderRefused, BatchRefused };

/// One batch made from a good one by one change, and what has to become of it.
struct BatchCase {
    std::string name;
    std::string content;
    Fate fate;
    bool schemaKnows;      ///< whether the published schema can tell as well
    std::string expected;  ///< part of the message; empty when taken
};

/// A batch of one good order, line by line.
std::string goodBatch();
/// The first `from` of the good batch replaced by `to`.
std::string goodBatchWith(const std::string& from, const std::string& to);

const std::vector<BatchCase>& batchCases();
const cardprofiles::Profiles& shippedProfiles();

}  // namespace zegel::station::testing
