#include "drivers/base/failure.h"
#include "drivers/base/guarded_process.h"
#include "station/app/arguments.h"
#include "station/app/commands/command.h"

#include <Poco/Exception.h>

#include <cstdlib>
#include <iostream>

namespace zegel::station {
namespace {

constexpr Command Commands[]{
    {"status", "[BATCH] [--json]", "where every order is", runStatus},
    {"readers", "[--json]", "what every reader is doing, and what to do about it", runReaders},
    {"receipt", "--name NAME --number NUMBER --by WHO [--id ID]",
     "a card has come: releases its letter when name and number are right", runReceipt},
    {"order", "hold|release|cancel ORDER --by WHO --why TEXT",
     "decides on an order that is not being made", runOrder},
    {"reader", "bind READER BATCH|free READER|resume READER --by WHO --why TEXT",
     "decides what a reader makes, or that it works again", runReader},
    {"doubt", "never-issued|issued TRANSACTION [--serial SERIAL] --by WHO --why TEXT",
     "settles a certificate in doubt by what a person found out at the CA", runDoubt},
    {"check", "[--batch FILE]", "settings, profiles, and a batch before it is sent", runCheck},
    {"audit", "[--verify] [--export FOLDER]",
     "what was decided, by whom and why; whether the chain is whole and signed", runAudit},
    {"backup", "FILE", "copies the ledger, whole, beside the station that goes on", runBackup},
    {"restore", "FILE --by WHO --why TEXT --nothing-made|--last-number NUMBER [--made FILE]",
     "brings a lost ledger back; what may have been made since is held", runRestore},
    {"house", "--organisation NAME [--country NL]",
     "makes the keys and certificates that a new station lacks", runHouse}};

int help() {
    std::cout << "zegel COMMAND --settings FILE [...]\n\n"
                 "Settings are also taken from the environment: ZEGEL_SETTINGS.\n\n";
    std::vector<std::vector<std::string>> rows{{"COMMAND", "WHAT FOLLOWS", "WHAT IT DOES"}};
    for (const auto& command : Commands) {
        rows.push_back(
            {std::string{command.name}, std::string{command.usage}, std::string{command.summary}});
    }
    std::cout << asTable(rows)
              << "\nExit status: 0 done, 1 something has to be mended first, 2 used "
                 "wrongly, 3 the answer is no.\n";
    return 0;
}

int run(std::vector<std::string> words) {
    if (words.empty() || words.front() == "help" || words.front() == "--help") return help();
    const auto name = words.front();
    words.erase(words.begin());
    if (const char* settings = std::getenv("ZEGEL_SETTINGS")) {
        words.insert(words.begin(), {"--settings", settings});
    }
    for (const auto& command : Commands) {
        if (command.name != name) continue;
        if (!words.empty() && words.back() == "--help") return help();
        return command.run(words);
    }
    throw Failure{Fault::RequestRefused, "unknown command '" + name + "'; see zegel help"};
}

}  // namespace
}  // namespace zegel::station

int main(int count, char** words) {
    try {
        zegel::guardThisProcess();
        return zegel::station::run({words + 1, words + count});
    } catch (const zegel::Failure& failure) {
        std::cerr << "zegel: " << failure.what() << '\n';
        return failure.fault() == zegel::Fault::RequestRefused ? 2 : 1;
    } catch (const Poco::Exception& broken) {
        std::cerr << "zegel: " << broken.displayText() << '\n';
        return 1;
    } catch (const std::exception& defect) {
        std::cerr << "zegel: defect: " << defect.what() << '\n';
        return 1;
    }
}
