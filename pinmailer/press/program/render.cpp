#include "drivers/base/failure.h"
#include "pinmailer/press/new_file.h"
#include "pinmailer/press/opening.h"
#include "pinmailer/press/presses.h"
#include "pinmailer/press/program/commands.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <vector>

namespace zegel::press {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> letterFilesIn(const std::string& folder) {
    std::error_code missing;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{folder, missing}) {
        if (entry.path().extension() == ".letter") files.push_back(entry.path());
    }
    if (missing) {
        throw Failure{Fault::SettingUnusable, "cannot read the folder of letters " + folder};
    }
    std::ranges::sort(files);
    return files;
}

/// One run over a folder: the keys, the presses, and what became of each letter.
class Run {
public:
    explicit Run(const RenderWish& wish)
        : wish_(wish),
          key_(loadPrintRoomKey(wish.key, wish.passwordFile.empty()
                                              ? askPassword("Password of " + wish.key + ": ")
                                              : readPassword(wish.passwordFile))),
          station_(loadStationCertificate(wish.stationCertificate)),
          presses_(wish.templates, wish.windowAt, wish.offset) {
        if (!fs::is_directory(wish.output)) {
            throw Failure{Fault::SettingUnusable,
                          "the output folder " + wish.output + " is not there; make it first"};
        }
    }

    /// One bad letter costs no other letter.
    void make(const fs::path& file) {
        try {
            const auto path = print(file);
            std::cout << file.stem().string() << "  made      " << path << '\n';
            ++made_;
        } catch (const Failure& failure) {
            std::cout << file.stem().string() << "  refused   " << nameOf(failure.fault()) << ": "
                      << failure.what() << '\n';
            ++refused_;
        }
    }

    Ending conclude() const {
        std::cout << made_ << " made, " << refused_ << " refused\n";
        return refused_ == 0 ? Ending::Done : Ending::SomeLettersRefused;
    }

private:
    std::string print(const fs::path& file) {
        const auto opened = openLetter(readSmallFile(file.string()), key_, *station_);
        if (opened.letter.letter.value() != file.stem().string()) {
            throw Failure{Fault::SealBroken, "the file's name is not the letter's id"};
        }
        const auto edition = opened.letter.edition;
        const auto name = file.stem().string() +
                          (edition > 1 ? "-edition-" + std::to_string(edition) : "") + ".pdf";
        auto path = (fs::path{wish_.output} / name).string();
        NewFile pdf{path};
        presses_.pressFor(opened).print({&opened, 1}, [&](ByteView octets) { pdf.write(octets); });
        pdf.keep();
        return path;
    }

    const RenderWish& wish_;
    PrintRoomKey key_;
    openssl::CertificatePtr station_;
    Presses presses_;
    int made_ = 0;
    int refused_ = 0;
};

}  // namespace

Ending render(const RenderWish& wish) {
    Run run{wish};
    for (const auto& file : letterFilesIn(wish.letters)) {
        run.make(file);
    }
    return run.conclude();
}

}  // namespace zegel::press
