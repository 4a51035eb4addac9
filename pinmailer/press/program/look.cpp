#include "drivers/base/told.h"
#include "pinmailer/press/new_file.h"
#include "pinmailer/press/opening.h"
#include "pinmailer/press/program/commands.h"

#include <filesystem>
#include <iostream>

namespace zegel::press {
namespace {

namespace fs = std::filesystem;

/// `station` is none where the signature is not to be checked.
void showOne(const std::string& path, const X509* station) {
    const auto file = readSmallFile(path);
    const auto letter = station != nullptr ? readLetter(file, *station) : readUncheckedLetter(file);
    const auto say = [](const char* name, const std::string& value) {
        std::cout << name << value << '\n';
    };
    say("file           ", path);
    say("signature      ",
        station != nullptr ? "holds" : "not checked (name a --station-certificate)");
    say("letter         ", letter.letter.value());
    say("edition        ", std::to_string(letter.edition));
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
}

}  // namespace

Ending show(const ShowWish& wish) {
    openssl::CertificatePtr station;
    if (!wish.stationCertificate.empty()) {
        station = loadStationCertificate(wish.stationCertificate);
    }
    auto ending = Ending::Done;
    for (const auto& path : wish.letterFiles) {
        if (&path != &wish.letterFiles.front()) std::cout << '\n';
        try {
            showOne(path, station.get());
        } catch (const Failure& failure) {
            std::cout << std::flush;
            const auto why = told(failure);
            const bool named = why.starts_with(path);
            std::cerr << "zegel-pinmailer: " << (named ? "" : path + ": ") << why << '\n';
            ending = Ending::SomeLettersRefused;
        }
    }
    return ending;
}

std::string shippedTemplates() {
    std::error_code unknown;
    const auto folder = fs::read_symlink("/proc/self/exe", unknown).parent_path();
    const auto installed = folder / "../share/zegel/letters";
    if (fs::is_directory(installed)) return installed.lexically_normal().string();
    return (folder / "../../../config/letters").lexically_normal().string();
}

}  // namespace zegel::press
