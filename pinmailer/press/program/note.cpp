#include "pinmailer/press/note.h"

#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "pinmailer/press/new_file.h"
#include "pinmailer/press/opening.h"
#include "pinmailer/press/presses.h"
#include "pinmailer/press/program/commands.h"
#include "pinmailer/seal/record.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <vector>

namespace zegel::press {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t IdOctets = 8;

/// For the machine's mark: as opaque as a letter's, and the same for the same note.
LetterId idOf(ByteView text) {
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
    SHA256(text.data(), text.size(), digest.data());
    return LetterId{toHex(ByteView{digest}.first(IdOctets))};
}

Note readNote(const fs::path& file, const X509& station) {
    const auto text = verifySigned(readSmallFile(file.string()), seal::ContentType::Note, station);
    return noteFrom(seal::decodeNote(text), idOf(text));
}

std::vector<fs::path> filesIn(Arguments& arguments) {
    std::vector<fs::path> files{arguments.needPlain("the note file")};
    while (arguments.hasPlain())
        files.emplace_back(arguments.needPlain("a note file"));
    return files;
}

void expectThere(const fs::path& file) {
    if (fs::exists(file)) return;
    throw Failure{Fault::RequestRefused,
                  "is not there; name a file out of the station's folder of notes"};
}

void expectFree(const fs::path& pdf) {
    if (!fs::exists(fs::symlink_status(pdf))) return;
    throw Failure{Fault::RequestRefused,
                  pdf.string() + " is there already, and is not replaced; name another file"};
}

/// "O-1+loan.note" becomes "O-1+loan.pdf" in a folder.
fs::path pathFor(const fs::path& file, const fs::path& output) {
    if (!fs::is_directory(output)) return output;
    return output / file.filename().replace_extension(".pdf");
}

void expectPlaceFor(std::size_t notes, const std::string& output) {
    if (fs::is_directory(output)) return;
    if (notes > 1) misuse("--output of several notes is a folder that is there");
    if (isPicture(output)) misuse("--output is a file.pdf or a folder");
}

std::string paddedName(const fs::path& file, const std::vector<fs::path>& all) {
    std::size_t width = 0;
    for (const auto& one : all)
        width = std::max(width, one.filename().string().size());
    auto name = file.filename().string();
    name.resize(width + 2, ' ');
    return name;
}

/// The line names the file already.
std::string withoutName(const std::string& words, const fs::path& file) {
    const auto name = file.string() + " ";
    return words.starts_with(name) ? words.substr(name.size()) : words;
}

}  // namespace

Ending noteBy(Arguments& arguments) {
    const auto files = filesIn(arguments);
    const auto output = arguments.need("--output");
    const auto certificate = arguments.need("--station-certificate");
    const auto templates = arguments.take("--templates").value_or(shippedTemplates());
    const auto windowAt = arguments.takePlace("--window");
    const auto offset = offsetIn(arguments);
    arguments.expectNoMore();
    expectPlaceFor(files.size(), output);
    const auto station = loadStationCertificate(certificate);
    Presses presses{templates, windowAt, offset};
    std::size_t made = 0;
    for (const auto& file : files) {
        const auto name = paddedName(file, files);
        try {
            expectThere(file);
            const auto note = readNote(file, *station);
            const auto path = pathFor(file, output);
            expectFree(path);
            NewFile pdf{path.string()};
            presses.pressFor(note).print({&note, 1}, [&](ByteView octets) { pdf.write(octets); });
            pdf.keep();
            std::cout << name << "made      " << path.string() << '\n';
            ++made;
        } catch (const Failure& failure) {
            std::cout << name << "refused   " << nameOf(failure.fault()) << ": "
                      << withoutName(failure.what(), file) << '\n';
        }
    }
    std::cout << made << " made, " << files.size() - made << " refused\n";
    return made == files.size() ? Ending::Done : Ending::SomeLettersRefused;
}

}  // namespace zegel::press
