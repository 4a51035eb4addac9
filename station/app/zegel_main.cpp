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
        << ExitStatusHelp;
}

void tellUsage(const Command& command) {
    std::cout << "zegel " << command.name << ' ' << command.usage << " [--settings FILE]\n\n"
              << command.summary << "\n\n"
              << ExitStatusHelp;
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

int run(std::vector<std::string> words) {
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
    const Arguments arguments{words, options, flags};
    if (arguments.has("help")) return help({name});
    arguments.expectAtMost(command.words);
    const bool another = command.alsoWithoutAct && arguments.words().size() == 1;
    if (!command.acts.empty() && !another) arguments.oneOf(0, command.actIs, command.acts);
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
        zegel::guardThisProcess();
        return run({words + 1, words + count});
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
