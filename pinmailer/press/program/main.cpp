#include "drivers/base/guarded_process.h"
#include "drivers/base/told.h"
#include "drivers/base/version.h"
#include "pinmailer/press/program/arguments.h"
#include "pinmailer/press/program/commands.h"
#include "pinmailer/press/program/memory_rule.h"
#include "pinmailer/press/program/room_commands.h"

#include <algorithm>
#include <array>
#include <exception>
#include <iostream>
#include <span>
#include <string>
#include <sys/stat.h>

namespace zegel::press {
namespace {

constexpr std::string_view Help =
    R"(zegel-pinmailer prints the letters that hold a card's codes. It runs in the print room, with the
print room's own key; the station cannot read what it opens.

zegel-pinmailer print [--limit N]
    Prints the released letters, or those in the folder that the settings name, each once, one a
    line; goes on where a run before it ended.
zegel-pinmailer print --to-file LETTER --output FILE.pdf
    Makes one letter as a file with live codes, after a question.
zegel-pinmailer letters [--state STATE]
    What the station has: released, printing, printed-uncertain, printed, posted and so on.
zegel-pinmailer settle LETTER printed|spoiled --reason TEXT
    Says what became of a letter that is uncertain, by a look at the paper.
zegel-pinmailer posted LETTER... | --all
    Says which printed letters went into the post.
    --settings FILE        of the print room, for these four (else ZEGEL_PRINT_ROOM names it);
                           config/examples/print-room.toml tells every setting

zegel-pinmailer render FILE.letter --output FILE.pdf|DIR --key FILE.p12
                       --station-certificate FILE.pem [--password-file FILE] [--templates DIR]
                       [--window X,Y] [--offset X,Y]
    Makes one letter as a file with live codes, after a question; no journal knows of it. For a
    trial without a printer. Replaces nothing.

zegel-pinmailer note FILE.note... --output FILE.pdf|DIR --station-certificate FILE.pem
                     [--templates DIR] [--window X,Y] [--offset X,Y]
    What goes along with a card, as the station signed it; a line a note. Holds no code, needs no
    key. Several notes go into a folder; replaces nothing.

zegel-pinmailer preview --template NAME --language CODE --output FILE.pdf|FILE.png
                        [--names short|long|hostile] [--carrier smart-card|usb-token]
                        [--without-puk] [--dpi N] [--templates DIR] [--window X,Y] [--offset X,Y]
    One letter or note with made-up names and codes, to see a template.

zegel-pinmailer check [--templates DIR] [--window X,Y]
    Holds every template against its rules, in every variant it may be printed in. Prints nothing.

zegel-pinmailer test-sheet --output FILE.pdf|FILE.png [--template NAME] [--language CODE]
                           [--templates DIR] [--window X,Y] [--offset X,Y]
    A sheet to measure a printer by, and to try folding machine and envelope with.

zegel-pinmailer show FILE.letter... [--station-certificate FILE.pem]
    What stands on each letter, without its codes. Needs no key.

    --password-file FILE   password of the key on the first line; "-" reads standard input;
                           without this option it is asked on the terminal
    --templates DIR        letter templates (default: those shipped with the program)
    --window X,Y           upper left corner of the envelope's window in millimetres, where it
                           differs from the template's
    --offset X,Y           millimetres that everything is moved to the right and down, against what
                           the printer does; the test sheet tells how much

zegel-pinmailer --help, zegel-pinmailer --version

Ends with 0 when all was made, 1 when a letter was refused (the others are made), 2 for wrong use,
3 when a key, certificate, password, template, setting, journal or folder cannot be used, 4 when a
person has to look: a letter is uncertain, or its sheet must not go out, 5 when the printer or the station was not there for
all: call again.
)";

Ending renderBy(Arguments& arguments) {
    RenderWish wish;
    wish.letterFile = arguments.needPlain("the letter file");
    wish.output = arguments.need("--output");
    wish.key = arguments.need("--key");
    wish.passwordFile = arguments.take("--password-file").value_or("");
    wish.stationCertificate = arguments.need("--station-certificate");
    wish.templates = arguments.take("--templates").value_or(shippedTemplates());
    wish.windowAt = arguments.takePlace("--window");
    wish.offset = offsetIn(arguments);
    arguments.expectNoMore();
    return render(wish);
}

Ending showBy(Arguments& arguments) {
    ShowWish wish;
    do {
        wish.letterFiles.push_back(arguments.needPlain("the letter file"));
    } while (arguments.hasPlain());
    wish.stationCertificate = arguments.take("--station-certificate").value_or("");
    arguments.expectNoMore();
    return show(wish);
}

struct Command {
    std::string_view name;
    Ending (*obey)(Arguments&);
    bool opensLetters = false;
};

constexpr std::array Commands{Command{"print", printBy, true},   Command{"letters", lettersBy},
                              Command{"settle", settleBy},       Command{"posted", postedBy},
                              Command{"render", renderBy, true}, Command{"note", noteBy},
                              Command{"show", showBy},           Command{"preview", previewBy},
                              Command{"check", checkBy},         Command{"test-sheet", sheetBy}};

/// "print, letters or show": what there is.
std::string commandNames() {
    std::string names;
    for (const auto& command : Commands) {
        if (!names.empty()) names += &command == &Commands.back() ? " or " : ", ";
        names += command.name;
    }
    return names;
}

/// `unlocked`: why memory is not locked; empty when it is.
Ending obey(const std::string& command, Arguments& arguments, const std::string& unlocked) {
    if (arguments.take("--help")) {
        std::cout << Help;
        return Ending::Done;
    }
    const auto known = std::ranges::find(Commands, command, &Command::name);
    if (known == Commands.end()) {
        misuse("there is no command \"" + command + "\": it is " + commandNames());
    }
    if (known->opensLetters && !unlocked.empty()) expectNoSwap(unlocked);
    if (!unlocked.empty()) std::cerr << "zegel-pinmailer: careful: " << unlocked << '\n';
    return known->obey(arguments);
}

Ending endingFor(Fault fault) {
    switch (fault) {
        case Fault::RequestRefused: return Ending::WrongUse;
        case Fault::SealBroken:
        case Fault::LetterUnusable: return Ending::SomeLettersRefused;
        case Fault::PrinterUnavailable:
        case Fault::StationUnavailable: return Ending::NotFinished;
        default: return Ending::SettingUnusable;
    }
}

Ending run(std::span<char*> words, const std::string& unlocked) {
    if (words.empty()) {
        std::cerr << Help;
        return Ending::WrongUse;
    }
    const std::string command = words.front();
    if (command == "--version" || command == "version") {
        std::cout << "zegel-pinmailer " << version() << '\n';
        return Ending::Done;
    }
    if (command == "--help" || command == "help" || command == "-h") {
        std::cout << Help;
        return Ending::Done;
    }
    Arguments arguments{words.subspan(1)};
    return obey(command, arguments, unlocked);
}

}  // namespace
}  // namespace zegel::press

int main(int count, char** words) {
    using namespace zegel;
    ::umask(S_IRWXG | S_IRWXO);  // letters are for their owner only
    try {
        const auto unlocked = guardThisProcess().value_or("");
        const std::span<char*> all{words, static_cast<std::size_t>(count)};
        return static_cast<int>(press::run(all.subspan(count > 0 ? 1 : 0), unlocked));
    } catch (const Failure& failure) {
        const auto ending = press::endingFor(failure.fault());
        std::cerr << "zegel-pinmailer: "
                  << (ending == press::Ending::WrongUse ? failure.what() : told(failure)) << '\n';
        return static_cast<int>(ending);
    } catch (const std::exception& failure) {
        std::cerr << "zegel-pinmailer: " << failure.what() << '\n';
        return static_cast<int>(press::Ending::SettingUnusable);
    }
}
