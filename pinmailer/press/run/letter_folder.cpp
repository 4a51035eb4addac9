#include "pinmailer/press/run/letter_folder.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/failure.h"
#include "pinmailer/press/new_file.h"
#include "pinmailer/press/opening.h"

#include <algorithm>
#include <string.h>
#include <utility>

namespace zegel::press {
namespace {

namespace fs = std::filesystem;

constexpr const char* Suffix = ".letter";

std::vector<fs::path> filesIn(const fs::path& folder) {
    std::error_code missing;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{folder, missing}) {
        if (entry.path().extension() == Suffix) files.push_back(entry.path());
    }
    if (!missing) return files;
    throw Failure{Fault::SettingUnusable, "the folder of letters " + folder.string() +
                                              " cannot be read: " + missing.message()};
}

/// It went to a printer, and its end is not told yet.
bool isUnderWay(const Journal& journal, const LetterId& letter) {
    const auto found = std::ranges::find(journal.open(), letter, &OpenLetter::letter);
    return found != journal.open().end() && found->milestone > Milestone::Created;
}

/// "order-9" before "order-10".
bool comesBefore(const std::pair<std::string, LetterId>& one,
                 const std::pair<std::string, LetterId>& other) {
    const auto order = ::strverscmp(one.first.c_str(), other.first.c_str());
    return order != 0 ? order < 0 : one.second.value() < other.second.value();
}

/// Nothing when it is no letter; opening it says why.
std::optional<int> editionOf(const Bytes& file) {
    try {
        return readUncheckedLetter(file).edition;
    } catch (const Failure&) {
        return std::nullopt;
    }
}

/// Empty when the station has it as this print room has.
std::string whyNotNow(const LettersDesk::Found& found, std::optional<int> edition) {
    constexpr const char* Destroy = ": nothing was sent now. Destroy the file";
    if (!found.letter) return found.refusal + ": nothing was sent now";
    const auto& known = *found.letter;
    if (known.state != "printing") return "the station has it as " + known.state + Destroy;
    if (!known.noSheet.empty()) return known.noSheet + ": nothing was sent now";
    if (!edition || *edition == known.edition) return {};
    return "this is edition " + std::to_string(*edition) + " of it, and the station's is edition " +
           std::to_string(known.edition) + Destroy;
}

}  // namespace

LetterFolder::Listing LetterFolder::list(const Journal& journal) const {
    Listing listing;
    std::vector<std::pair<std::string, LetterId>> letters;
    for (const auto& file : filesIn(folder_)) {
        const auto refuse = [&](std::string why) {
            listing.refused.push_back({file.filename().string(), std::move(why)});
        };
        try {
            const auto letter = readUncheckedLetter(readSmallFile(file.string()));
            if (isUnderWay(journal, letter.letter)) continue;
            const auto sent = journal.lastSent(letter.letter);
            if (letter.letter.value() != file.stem().string()) {
                refuse("seal-broken: the file's name is not the letter's id, " +
                       letter.letter.value());
            } else if (letter.edition <= sent) {
                refuse("replayed: this is edition " + std::to_string(letter.edition) +
                       " of it, and edition " + std::to_string(sent) +
                       " went to a printer before; nothing was sent now. Destroy the file: a "
                       "reprint is given out by the station, as the next edition");
            } else {
                letters.emplace_back(letter.orderReference, letter.letter);
            }
        } catch (const Failure& failure) {
            refuse(std::string{nameOf(failure.fault())} + ": " + failure.what());
        }
    }
    std::ranges::sort(letters, comesBefore);
    for (auto& [order, letter] : letters)
        listing.letters.push_back(std::move(letter));
    std::ranges::sort(listing.refused, {}, &Refused::file);
    return listing;
}

fs::path LetterFolder::fileOf(const LetterId& letter) const {
    return folder_ / (letter.value() + Suffix);
}

bool LetterFolder::has(const LetterId& letter) const {
    return fs::exists(fileOf(letter));
}

std::optional<Bytes> LetterFolder::take(const LetterId& letter, const std::string& id,
                                        LettersDesk& desk, std::string& refusal) const {
    if (!has(letter)) {
        refusal = "it is not in " + folder_.string() + " (any more)";
        return std::nullopt;
    }
    auto file = readSmallFile(fileOf(letter).string());
    refusal = whyNotNow(desk.find(letter), editionOf(file));
    if (refusal.empty()) {
        const auto answered = desk.fetched(letter, id);
        if (answered.agreed) return file;
        refusal = answered.words;
    }
    return std::nullopt;
}

void LetterFolder::remove(const LetterId& letter) const {
    if (has(letter)) removeDurably(fileOf(letter));
}

}  // namespace zegel::press
