#include "drivers/base/failure.h"
#include "drivers/base/key_kinds.h"
#include "hwsim/authority/authority_command.h"
#include "hwsim/command/command.h"
#include "hwsim/orders/orders_command.h"
#include "hwsim/program/bench_command.h"
#include "hwsim/program/chip_command.h"

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
    Command{"bench", "virtual readers in a real pcscd of their own, until stopped", runBench},
    Command{Insert, "READER CHIP: put a card in", tell<Insert>},
    Command{Pull, "READER: take the card out, onto the stack", tell<Pull>},
    Command{Eject, "READER: take the card out and the hopper's next in", tell<Eject>},
    Command{Load, "READER COUNT MODEL [SERIAL]: lay blanks in the hopper", tell<Load>},
    Command{Mute, "READER on|off: cards put in from now on answer no reset", tell<Mute>},
    Command{List, "readers, cards, hoppers and stacks", tell<List>},
    Command{Service, "start|stop|kill|pid: the bench's pcscd", tell<Service>},
    Command{Stop, "end the bench", tell<Stop>},
    Command{"chip", "make a chip file, or tell what is on one", runChip},
    Command{"authority", "play a CA that speaks CMP over HTTP", runAuthority},
    Command{"orders", "play an order system that takes events over HTTP", runOrders},
};

int usage(std::ostream& out, int status) {
    out << "zegel-hwsim plays the hardware around Zegel: chips, readers, the CA and the order "
           "system.\n\n"
           "  zegel-hwsim COMMAND [ARGUMENTS]\n\n"
           "READER is a number from the list or a name; the bench is --directory D or "
           "ZEGEL_BENCH.\n\n";
    for (const Command& command : Commands) {
        out << "  " << command.name << std::string(12 - command.name.size(), ' ') << command.summary
            << '\n';
    }
    return status;
}

}  // namespace

int main(int count, char** words) try {
    openssl::readOurKindsOfKeysOnly();
    const std::vector<std::string> arguments(words + 1, words + count);
    if (arguments.empty()) return usage(std::cerr, 2);
    if (arguments[0] == "--help" || arguments[0] == "help") return usage(std::cout, 0);
    for (const Command& command : Commands) {
        if (command.name == arguments[0]) return command.run(Arguments{arguments}.subspan(1));
    }
    std::cerr << "zegel-hwsim: there is no command \"" << arguments[0] << "\"\n\n";
    return usage(std::cerr, 2);
} catch (const Failure& failure) {
    std::cerr << "zegel-hwsim: " << failure.what() << '\n';
    return 1;
} catch (const std::exception& error) {
    std::cerr << "zegel-hwsim: stopped by a defect: " << error.what() << '\n';
    return 1;
}
