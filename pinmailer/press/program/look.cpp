#include "pinmailer/press/new_file.h"
#include "pinmailer/press/opening.h"
#include "pinmailer/press/program/commands.h"

#include <filesystem>
#include <iostream>

namespace zegel::press {
namespace {

namespace fs = std::filesystem;

}  // namespace

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
