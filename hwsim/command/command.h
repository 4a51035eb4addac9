#pragma once

#include <span>
#include <string>
#include <string_view>

namespace zegel::hwsim {

using Arguments = std::span<const std::string>;

/// One word after `zegel-hwsim` and what it does. The table of them stands in main.cpp.
struct Command {
    std::string_view name;
    std::string_view summary;  ///< one line for the list of commands
    /// The arguments after the command's own name; gives the exit status. May throw Failure.
    int (*run)(Arguments arguments);
    bool explainsItself = false;  ///< what it does with --help; the summary says all of the others
};

}  // namespace zegel::hwsim
