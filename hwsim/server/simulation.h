#pragma once

#include "hwsim/server/mischief.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace zegel::hwsim {

/// What every simulated server is told; `Kind` is what it can do wrong.
template <typename Kind>
struct ServerSimulation {
    std::filesystem::path folder;  ///< what it keeps; made when missing
    std::uint16_t port = 0;        ///< 0: any free one
    MisbehaviourOf<Kind> misbehaviour;
    std::function<void(const std::string&)> log;  ///< one line an exchange; may be empty
};

}  // namespace zegel::hwsim
