#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// One word after `zegel` and what it does. The table stands in zegel_main.cpp.
struct Command {
    std::string_view name;
    std::string_view usage;    ///< what follows the name
    std::string_view summary;  ///< one line for the list
    /// Gives the exit status: 0 done, 3 the answer is no.
    int (*run)(const std::vector<std::string>& words);
};

inline constexpr int AnswerIsNo = 3;

int runOrder(const std::vector<std::string>& words);
int runReader(const std::vector<std::string>& words);
int runDoubt(const std::vector<std::string>& words);
int runReceipt(const std::vector<std::string>& words);
int runStatus(const std::vector<std::string>& words);
int runReaders(const std::vector<std::string>& words);
int runCheck(const std::vector<std::string>& words);
int runAudit(const std::vector<std::string>& words);
int runBackup(const std::vector<std::string>& words);
int runRestore(const std::vector<std::string>& words);
int runHouse(const std::vector<std::string>& words);

}  // namespace zegel::station
