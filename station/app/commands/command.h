#pragma once

#include "station/app/arguments.h"
#include "station/app/exit_status.h"

#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// One word after `zegel` and what it does. Help, what is refused and shell completion all follow
/// from the table in table.cpp.
struct Command {
    std::string_view name;
    std::string_view usage;              ///< what follows the name
    std::string_view summary;            ///< one line for the list
    std::size_t words = 0;               ///< that may follow it, options and their values aside
    std::vector<std::string> options{};  ///< with a value
    std::vector<std::string> flags{};
    /// Gives the exit status. A RequestRefused that it throws is wrong use.
    int (*run)(const Arguments& arguments) = nullptr;
    std::vector<std::string_view> acts{};    ///< the first word is one of these
    std::string_view actIs = "act";          ///< what they are called
    bool alsoWithoutAct = false;             ///< a single word may be something else
    bool alsoAlone = false;                  ///< no word at all is something of its own
    std::vector<std::string> formerFlags{};  ///< still taken, told nowhere
    std::string more{};                      ///< for its own help: what its words may be
    std::string_view codeUnless{};           ///< a code passes through it, but not with this flag
};

/// Everything that `zegel` can do.
const std::vector<Command>& commands();

/// Says why not, in words that end in the fault's; gives the exit status.
int refuse(const std::string& why);

int runBatches(const Arguments& arguments);
int runBatch(const Arguments& arguments);
int runOrders(const Arguments& arguments);
int runOrder(const Arguments& arguments);
int runCards(const Arguments& arguments);
int runCard(const Arguments& arguments);
int runCardAct(const Arguments& arguments);
int runLetters(const Arguments& arguments);
int runLetter(const Arguments& arguments);
int runDispatch(const Arguments& arguments);
int runReturned(const Arguments& arguments);
int runLoans(const Arguments& arguments);
int runLoan(const Arguments& arguments);
int runApprovals(const Arguments& arguments);
int runApproval(const Arguments& arguments);
int runRevoke(const Arguments& arguments);
int runExceptions(const Arguments& arguments);
int runEvents(const Arguments& arguments);
int runCompletion(const Arguments& arguments);
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
