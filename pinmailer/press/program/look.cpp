#include "drivers/base/failure.h"
#include "pinmailer/press/new_file.h"
#include "pinmailer/press/opening.h"
#include "pinmailer/press/presses.h"
#include "pinmailer/press/program/commands.h"

#include <filesystem>
#include <iostream>

namespace zegel::press {
namespace {

namespace fs = std::filesystem;

/// Codes that everybody may see. None of them is ever drawn: the digits are weak by our own rules.
OpenedLetter madeUpLetter(const PreviewWish& wish) {
    OpenedLetter opened;
    auto& letter = opened.letter;
    letter.letter = LetterId{"preview-0000"};
    letter.templateName = wish.templateName;
    letter.language = wish.language;
    letter.address = {"Gemeente Voorbeeldstad", "Afdeling Burgerzaken", "Mevrouw A. de Vries",
                      "Stationsplein 12", "1234 AB  VOORBEELDSTAD"};
    letter.organisation = "Gemeente Voorbeeldstad";
    letter.certificateName = "Burgerzaken balie";
    letter.certificateNumberEnd = "0124";
    letter.orderReference = "2026-000123";
    letter.carrier = wish.carrier;
    letter.pinTries = 3;
    letter.pukTries = wish.puk ? 3 : 0;
    letter.releasedAt = TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};
    letter.releasedBy = "preview";
    opened.codes.pin = secretOf(bytesOf("012345"));
    if (wish.puk) opened.codes.puk = secretOf(bytesOf("01234567"));
    opened.codes.revocation = secretOf(bytesOf("ABCDEFGHJKMN"));
    return opened;
}

void expectFolderFor(const std::string& output) {
    const auto folder = fs::absolute(output).parent_path();
    if (fs::is_directory(folder)) return;
    throw Failure{Fault::SettingUnusable,
                  "the output folder " + folder.string() + " is not there; make it first"};
}

}  // namespace

Ending preview(const PreviewWish& wish) {
    expectFolderFor(wish.output);
    Presses presses{wish.templates, wish.windowAt};
    const auto letter = madeUpLetter(wish);
    auto& press = presses.pressFor(letter);
    NewFile pdf{wish.output};
    press.print({&letter, 1}, [&](ByteView octets) { pdf.write(octets); });
    pdf.keep();
    std::cout << wish.output << " shows made-up codes\n";
    return Ending::Done;
}

Ending show(const ShowWish& wish) {
    const auto file = readSmallFile(wish.letterFile);
    const bool check = !wish.stationCertificate.empty();
    const auto letter = check ? readLetter(file, *loadStationCertificate(wish.stationCertificate))
                              : readUncheckedLetter(file);
    const auto say = [](const char* name, const std::string& value) {
        std::cout << name << value << '\n';
    };
    say("file           ", wish.letterFile);
    say("signature      ", check ? "holds" : "not checked (name a --station-certificate)");
    say("letter         ", letter.letter.value());
    say("template       ", letter.templateName + ", " + letter.language);
    for (const auto& line : letter.address) {
        say("address        ", line);
    }
    say("organisation   ", letter.organisation);
    say("certificate    ",
        letter.certificateName + ", number ends in " + letter.certificateNumberEnd);
    say("order          ", letter.orderReference);
    say("carrier        ", letter.carrier);
    say("tries          ", std::to_string(letter.pinTries) + " for the PIN, " +
                               std::to_string(letter.pukTries) + " for the PUK");
    say("released       ", toRfc3339(letter.releasedAt) + " by " + letter.releasedBy);
    say("codes          ", "sealed, " + std::to_string(letter.sealedCodes.size()) + " octets");
    return Ending::Done;
}

std::string shippedTemplates() {
    std::error_code unknown;
    const auto folder = fs::read_symlink("/proc/self/exe", unknown).parent_path();
    const auto installed = folder / "../share/zegel/letters";
    if (fs::is_directory(installed)) return installed.lexically_normal().string();
    return (folder / "../../../config/letters").lexically_normal().string();
}

}  // namespace zegel::press
