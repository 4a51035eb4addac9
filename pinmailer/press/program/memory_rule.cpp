#include "pinmailer/press/program/memory_rule.h"

#include "drivers/base/failure.h"

#include <fstream>
#include <sys/sysinfo.h>

namespace zegel::press {

std::uint64_t swapOfKernel() {
    struct sysinfo told {};
    if (::sysinfo(&told) == 0) return told.totalswap;
    throw Failure{Fault::SettingUnusable, "whether swap is on, the kernel does not say"};
}

void expectNoSwap(const std::string& complaint, std::uint64_t kernel, const std::string& swaps) {
    std::ifstream list{swaps};
    std::string heading;
    std::string place;
    std::getline(list, heading);
    list >> place;
    if (kernel == 0 && place.empty()) return;
    if (place.empty()) place = "where to, nobody can tell";
    throw Failure{Fault::SettingUnusable, complaint + ". Swap is on (" + place +
                                              "): codes could get onto a disk, so no letter is "
                                              "opened here"};
}

}  // namespace zegel::press
