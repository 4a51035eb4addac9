#include "drivers/base/failure.h"
#include "drivers/base/key_kinds.h"
#include "drivers/base/version.h"
#include "hwsim/authority/authority_command.h"
#include "hwsim/command/command.h"
#include "hwsim/orders/orders_command.h"
#include "hwsim/program/bench_command.h"
#include "hwsim/program/chip_command.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <vector>

using namespace zegel;
using namespace zegel::hwsim;

namespace {

template <const char* Word>
int tell(Arguments arguments) {
    return tellBench(Word, arguments);
}

constexpr char Insert[] = "insert";
constexpr char Pull[] = "pull";
constexpr char Eject[] = "eject";
constexpr char Load[] = "load";
constexpr char Mute[] = "mute";
constexpr char List[] = "list";
constexpr char Service[] = "service";
constexpr char Stop[] = "stop";

/// A new command is a line here and a function in its own room.
constexpr std::array Commands{
    Command{"bench", "virtual readers in a real pcscd of their own, until stopped", runBench, true},
    Command{Insert, "READER CHIP: put a card in", tell<Insert>},
    Command{Pull, "READER: take the card out, onto the stack", tell<Pull>},
    Command{Eject, "READER: take the card out and the hopper's next in", tell<Eject>},
    Command{Load, "READER COUNT MODEL [SERIAL]: lay blanks in the hopper", tell<Load>},
    Command{Mute, "READER on|off: cards put in from now on answer no reset", tell<Mute>},
    Command{List, "readers, cards, hoppers and stacks", tell<List>},
    Command{Service, "start|stop|kill|pid: the bench's pcscd", tell<Service>},
    Command{Stop, "end the bench", tell<Stop>},
    Command{"chip", "make a chip file, or tell what is on one", runChip, true},
    Command{"authority", "play a CA that speaks CMP over HTTP", runAuthority, true},
    Command{"orders", "play an order system that takes events over HTTP", runOrders, true},
};

constexpr const char* Which =
    "READER is a number from the list or a name; the bench is --directory D or ZEGEL_BENCH.\n";

int usage(std::ostream& out, int status) {
    out << "zegel-hwsim plays the hardware around Zegel: chips, readers, the CA and the order "
           "system.\n\n"
           "  zegel-hwsim COMMAND [ARGUMENTS]\n\n"
        << Which << '\n';
    for (const Command& command : Commands) {
        out << "  " << command.name << std::string(12 - command.name.size(), ' ') << command.summary
            << '\n';
    }
    out << "\n  zegel-hwsim help COMMAND, zegel-hwsim --version\n\n"
           "Exit status: 0 done, 1 failed, 2 used wrongly.\n";
    return status;
}

bool isHelp(const std::string& word) {
    return word == "help" || word == "--help" || word == "-h";
}

int explain(const Command& command) {
    static const std::vector<std::string> help{"--help"};
    if (command.explainsItself) return command.run(help);
    std::cout << "usage: zegel-hwsim " << command.name << ' ' << command.summary << "\n\n" << Which;
    return 0;
}

int run(std::vector<std::string> words) {
    if (words.empty()) return usage(std::cerr, 2);
    if (words[0] == "--version" || words[0] == "version") {
        std::cout << "zegel-hwsim " << version() << '\n';
        return 0;
    }
    const bool asked = isHelp(words[0]);
    if (asked) words.erase(words.begin());
    if (words.empty()) return usage(std::cout, 0);
    const auto found = std::ranges::find(Commands, words[0], &Command::name);
    if (found == Commands.end()) {
        std::cerr << "zegel-hwsim: there is no command \"" << words[0] << "\"\n\n";
        return usage(std::cerr, 2);
    }
    const Arguments behind{words.begin() + 1, words.end()};
    const bool wantsHelp = asked || std::ranges::any_of(behind, [](const std::string& word) {
                               return word == "--help" || word == "-h";
                           });
    return wantsHelp ? explain(*found) : found->run(behind);
}

}  // namespace

int main(int count, char** words) try {
    openssl::readOurKindsOfKeysOnly();
    return run({words + 1, words + count});
} catch (const Failure& failure) {
    std::cerr << "zegel-hwsim: " << failure.what() << '\n';
    return failure.fault() == Fault::RequestRefused ? 2 : 1;
} catch (const std::exception& error) {
    std::cerr << "zegel-hwsim: stopped by a defect: " << error.what() << '\n';
    return 1;
}
