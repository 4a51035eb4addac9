#pragma once

#include "tests/house/house.h"

namespace zegel::tests {

/// The serial that the station should know a chip by, from what is on its silicon.
ChipSerial serialOf(const hwsim::PivChip& chip);

/// Asserts the truths that always hold (tests/README.md) over everything in the house: ledger, CA,
/// sealed letters, and the chips given, judged by what is on their silicon. Non-fatal expectations.
/// Gives how many of the chips carry an issued card.
int expectTruths(House& house, const std::vector<std::shared_ptr<hwsim::PivChip>>& chips);

}  // namespace zegel::tests
