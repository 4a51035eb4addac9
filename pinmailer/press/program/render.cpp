#include "drivers/base/failure.h"
#include "pinmailer/press/new_file.h"
#include "pinmailer/press/opening.h"
#include "pinmailer/press/presses.h"
#include "pinmailer/press/program/commands.h"
#include "pinmailer/press/program/question.h"

#include <filesystem>
#include <iostream>

namespace zegel::press {
namespace {

namespace fs = std::filesystem;

/// "<letter id>.pdf" in a folder, or "<letter id>-edition-2.pdf" when it is to be printed again.
std::string pathFor(const seal::ReleasedLetter& letter, const std::string& output) {
    if (!fs::is_directory(output)) return output;
    const auto edition =
        letter.edition > 1 ? "-edition-" + std::to_string(letter.edition) : std::string{};
    return (fs::path{output} / (letter.letter.value() + edition + ".pdf")).string();
}

std::string questionAbout(const seal::ReleasedLetter& letter, const std::string& path) {
    return "The file " + path +
           " will hold live codes, for whoever can read it, in the clear. No journal knows of it: "
           "nothing\nkeeps letter " +
           letter.letter.value() +
           " from being made or printed again. Keep it in memory, print it once, destroy it and "
           "the\nletter file.\nWrite it? yes/no: ";
}

PrintRoomKey keyOf(const RenderWish& wish) {
    return loadPrintRoomKey(wish.key, wish.passwordFile.empty()
                                          ? askPassword("Password of " + wish.key + ": ")
                                          : readPassword(wish.passwordFile));
}

}  // namespace

Ending render(const RenderWish& wish) {
    if (!fs::is_directory(wish.output) && isPicture(wish.output))
        misuse("--output is a file.pdf or a folder");
    const auto station = loadStationCertificate(wish.stationCertificate);
    const auto file = readSmallFile(wish.letterFile);
    const auto letter = readLetter(file, *station);
    const auto path = pathFor(letter, wish.output);
    if (!personAgrees(questionAbout(letter, path))) {
        std::cout << "nothing was written\n";
        return Ending::SomeLettersRefused;
    }
    NewFile pdf{path};
    Presses presses{wish.templates, wish.windowAt, wish.offset};
    const auto opened = openLetter(file, keyOf(wish), *station);
    presses.pressFor(opened).print({&opened, 1}, [&](ByteView octets) { pdf.write(octets); });
    pdf.keep();
    std::cout << letter.letter.value() << "  made      " << path << '\n';
    return Ending::Done;
}

}  // namespace zegel::press
