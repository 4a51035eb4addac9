#include "config/strict_table.h"
#include "drivers/base/guarded_process.h"
#include "drivers/base/told.h"
#include "drivers/base/version.h"
#include "station/app/commands/command.h"
#include "station/app/printed.h"

#include <Poco/Exception.h>

#include <algorithm>
#include <iostream>

namespace zegel::station {
namespace {

constexpr std::string_view AskedAs =
    "What says [--as FILE] is asked of the station's API. FILE is TOML with a table [client]: the\n"
    "station's address and ca, and the certificate and key of whoever asks. Without --as it is\n"
    "the file in ZEGEL_AS, or else the station's own settings.\n";

void tellUsage(std::ostream& out) {
    out << "zegel COMMAND [...]: what operators ask of a station.\n\n";
    for (const auto& command : commands()) {
        out << "  zegel " << command.name << ' ' << command.usage << "\n      " << command.summary
            << '\n';
    }
    out << "\n  zegel help COMMAND, zegel --version\n\n"
           "The station is the one whose settings are named by --settings FILE, behind any "
           "command,\n"
           "or by the environment: ZEGEL_SETTINGS.\n"
        << AskedAs << '\n'
        << ExitStatusHelp;
}

bool isAsked(const Command& command) {
    return std::ranges::find(command.options, "as") != command.options.end();
}

void tellUsage(const Command& command) {
    std::cout << "zegel " << command.name << ' ' << command.usage << " [--settings FILE]\n\n"
              << command.summary << "\n\n";
    if (!command.more.empty()) std::cout << folded(command.more, "") << '\n';
    if (isAsked(command)) std::cout << AskedAs << '\n';
    std::cout << ExitStatusHelp;
}

const Command& commandNamed(const std::string& name) {
    const auto found = std::ranges::find(commands(), name, &Command::name);
    if (found != commands().end()) return *found;
    std::vector<std::string_view> names;
    for (const auto& command : commands())
        names.push_back(command.name);
    throw Failure{Fault::RequestRefused,
                  "unknown command \"" + name + "\"" + whatWasMeant(name, names)};
}

int help(const std::vector<std::string>& about) {
    if (about.size() > 1) {
        throw Failure{Fault::RequestRefused,
                      "\"" + about[1] + "\" is not expected here; see --help"};
    }
    if (about.empty()) {
        tellUsage(std::cout);
    } else {
        tellUsage(commandNamed(about.front()));
    }
    return Done;
}

/// `unlocked`: why memory is not locked; empty when it is.
int run(std::vector<std::string> words, const std::string& unlocked) {
    if (words.empty()) {
        tellUsage(std::cerr);
        return WrongUse;
    }
    const auto name = words.front();
    words.erase(words.begin());
    if (name == "help" || name == "--help" || name == "-h") return help(words);
    if (name == "version" || name == "--version") {
        std::cout << "zegel " << version() << '\n';
        return Done;
    }
    const auto& command = commandNamed(name);
    auto options = command.options;
    options.emplace_back("settings");
    auto flags = command.flags;
    flags.emplace_back("help");
    flags.insert(flags.end(), command.formerFlags.begin(), command.formerFlags.end());
    const Arguments arguments{words, options, flags};
    if (arguments.has("help")) return help({name});
    arguments.expectAtMost(command.words);
    const bool another = (command.alsoWithoutAct && arguments.words().size() == 1) ||
                         (command.alsoAlone && arguments.words().empty());
    if (command.alsoWithoutAct && arguments.words().empty() && !another) {
        throw Failure{Fault::RequestRefused, "say which " + name + ", or what to do with one: " +
                                                 config::eitherOf(command.acts) + "; zegel " +
                                                 name + " --help tells more"};
    }
    if (!command.acts.empty() && !another) arguments.oneOf(0, command.actIs, command.acts);
    const bool takesCode =
        !command.codeUnless.empty() && !arguments.has(std::string{command.codeUnless});
    if (takesCode && !unlocked.empty()) std::cerr << "zegel: careful: " << unlocked << '\n';
    return command.run(arguments);
}

}  // namespace

int refuse(const std::string& why) {
    std::cerr << "zegel: " << why << '\n';
    return Refused;
}

}  // namespace zegel::station

int main(int count, char** words) {
    using namespace zegel::station;
    try {
        const auto unlocked = zegel::guardThisProcess().value_or("");
        return run({words + 1, words + count}, unlocked);
    } catch (const zegel::Failure& failure) {
        const bool misused = failure.fault() == zegel::Fault::RequestRefused;
        std::cerr << "zegel: " << (misused ? failure.what() : told(failure)) << '\n';
        return misused ? WrongUse : Refused;
    } catch (const Poco::Exception& broken) {
        std::cerr << "zegel: " << broken.displayText() << '\n';
        return Refused;
    } catch (const std::exception& defect) {
        std::cerr << "zegel: " << defect.what() << zegel::lookUp(zegel::Fault::Defect) << '\n';
        return Refused;
    }
}
