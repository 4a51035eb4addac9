#pragma once

#include "station/app/arguments.h"
#include "station/app/exit_status.h"

#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// One word after `zegel` and what it does. The table stands in zegel_main.cpp.
struct Command {
    std::string_view name;
    std::string_view usage;    ///< what follows the name
    std::string_view summary;  ///< one line for the list
    std::size_t words;         ///< that may follow it, options and their values aside
    std::vector<std::string> options;
    std::vector<std::string> flags;
    /// Gives the exit status. A RequestRefused that it throws is wrong use.
    int (*run)(const Arguments& arguments);
};

/// Says why not, in words that end in the fault's; gives the exit status.
int refuse(const std::string& why);

int runOrder(const Arguments& arguments);
int runReader(const Arguments& arguments);
int runDoubt(const Arguments& arguments);
int runReceipt(const Arguments& arguments);
int runStatus(const Arguments& arguments);
int runReaders(const Arguments& arguments);
int runCheck(const Arguments& arguments);
int runAudit(const Arguments& arguments);
int runBackup(const Arguments& arguments);
int runRestore(const Arguments& arguments);
int runHouse(const Arguments& arguments);

}  // namespace zegel::station
