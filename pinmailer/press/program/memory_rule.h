#pragma once

#include <cstdint>
#include <string>

namespace zegel::press {

/// What the kernel has to swap to, in its own units: 0 is nothing (sysinfo(2)).
/// Errors: SettingUnusable when it does not say.
std::uint64_t swapOfKernel();

/// Codes may be in memory only where no page of it gets to a disk. `complaint`: why memory is not
/// locked; `swaps`: the list of what is swapped to (proc_swaps(5)). Either may tell of swap: a
/// missing list tells of none, and rules out none.
/// Errors: SettingUnusable when there is swap, naming it and the complaint.
void expectNoSwap(const std::string& complaint, std::uint64_t kernel = swapOfKernel(),
                  const std::string& swaps = "/proc/swaps");

}  // namespace zegel::press
