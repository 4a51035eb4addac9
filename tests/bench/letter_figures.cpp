#include "tests/bench/letter_figures.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/presses.h"
#include "tests/bench/figures.h"
#include "tests/bench/letter_neighbours.h"
#include "tests/unit/press/made_letter.h"

#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>
#include <sstream>

namespace zegel::bench {
namespace {

const std::string Templates = std::string{ZEGEL_SOURCE_DIR} + "/config/letters";
constexpr std::size_t NeighbourPages = 20;
constexpr std::size_t Singles = 50;

/// Names of usual length, none twice.
seal::ReleasedLetter letterAt(std::size_t at) {
    static constexpr std::array Towns{"Grootveen", "Alm aan de Rijn", "Noorderwoude", "Zandbergen"};
    auto letter = tests::madeLetter();
    const auto number = std::to_string(100'000 + at);
    const std::string town = Towns.at(at % Towns.size());
    letter.letter = LetterId{"0123456789abcd" + number};
    letter.organisation = "Gemeente " + town;
    letter.certificateName = "Burgerzaken balie " + number;
    letter.orderReference = "2026-" + number;
    letter.address = {"Gemeente " + town, "Afdeling Burgerzaken", "Mevrouw Y. van den Brink",
                      "Stationsplein " + number, "1234 AB  " + town};
    return letter;
}

std::vector<Bytes> letterFiles(const tests::MadeHouse& house, std::size_t letters) {
    std::vector<Bytes> files;
    for (std::size_t at = 0; at < letters; ++at) {
        const auto letter = letterAt(at);
        auto bond = tests::madeBond();
        bond.letter = letter.letter;
        bond.order = OrderId{letter.orderReference};
        files.push_back(house.letterFile(letter, tests::madeCodes(), bond));
    }
    return files;
}

std::vector<press::OpenedLetter> openedAll(const tests::MadeHouse& house,
                                           const std::vector<Bytes>& files, Span& took) {
    const auto key = house.roomKey();
    std::vector<press::OpenedLetter> letters;
    letters.reserve(files.size());
    const auto from = now();
    for (const auto& file : files) {
        letters.push_back(press::openLetter(file, key, *house.station().certificate));
    }
    took = now() - from;
    return letters;
}

double perSecond(std::size_t count, Span took) {
    return static_cast<double>(count) / std::chrono::duration<double>{took}.count();
}

std::string rate(std::size_t count, Span took) {
    std::ostringstream words;
    words << std::fixed << std::setprecision(0) << perSecond(count, took) << " /s";
    return words.str();
}

std::string percent(double share) {
    std::ostringstream words;
    words << std::fixed << std::setprecision(0) << 100 * share << " %";
    return words.str();
}

std::string kilobytes(std::size_t octets) {
    return std::to_string((octets + 512) / 1024) + " KB";
}

/// Goals beside what is now.
class Goals {
public:
    void add(const std::string& goal, const std::string& figure, const std::string& wanted,
             bool held) {
        table_.add({goal, figure, wanted, held ? "held" : "MISSED"});
        if (!held) ++missed_;
    }

    std::string text() const { return table_.text(); }
    int missed() const noexcept { return missed_; }

private:
    Table table_{{"goal, one core", "now", "wanted", ""}};
    int missed_ = 0;
};

}  // namespace

LetterFigures lettersMade(std::size_t letters) {
    LetterFigures figures;
    figures.letters = letters;
    const tests::MadeHouse house;
    const auto files = letterFiles(house, letters);
    std::size_t octets = 0;
    const press::PdfSink sink = [&](ByteView piece) { octets += piece.size(); };

    const auto key = house.roomKey();
    const auto start = now();
    press::Presses presses{Templates, std::nullopt};
    const auto first = press::openLetter(files.front(), key, *house.station().certificate);
    auto& pinLetter = presses.pressFor(first);
    pinLetter.print({&first, 1}, sink);
    figures.first = now() - start;
    figures.octetsOfOne = octets;
    std::vector<Span> singles;
    for (std::size_t at = 0; at < std::min(letters, Singles); ++at) {
        const auto from = now();
        const auto letter = press::openLetter(files[at], key, *house.station().certificate);
        pinLetter.print({&letter, 1}, sink);
        singles.push_back(now() - from);
    }
    figures.single = medianOf(std::move(singles));

    const auto opened = openedAll(house, files, figures.openingElliptic);
    octets = 0;
    const auto runs = now();
    pinLetter.print(opened, sink);
    figures.run = now() - runs;
    figures.octetsOfRun = octets;
    const auto apart = now();
    for (const auto& letter : opened) {
        pinLetter.print({&letter, 1}, sink);
    }
    figures.apart = now() - apart;

    const tests::MadeHouse rsa{"RSA-3072"};
    openedAll(rsa, letterFiles(rsa, letters), figures.openingRsa);
    figures.bareRsa = bareDecryptions(*rsa.room().key, letters);
    figures.neighbourPages = std::min(letters, NeighbourPages);
    figures.neighbour = neighbourDraws(opened, figures.neighbourPages);
    return figures;
}

int letterBench(std::size_t letters) {
    constexpr double PagesWanted = 2000;
    constexpr double OpenedWanted = 500;
    constexpr double RsaShareAtMost = 1.5;  // 500 /s is more than such a key does by itself
    constexpr std::chrono::milliseconds SingleAtMost{50};
    constexpr std::size_t OctetsAtMost = 60U * 1024;
    const auto made = lettersMade(letters);
    Table table{{"letters", "count", "wall", "rate"}};
    const auto add = [&](const char* what, std::size_t count, Span took) {
        table.add({what, std::to_string(count), shown(took), rate(count, took)});
    };
    add("drawn, a run in one PDF", made.letters, made.run);
    add("drawn, each in a PDF of its own", made.letters, made.apart);
    add("opened, P-256", made.letters, made.openingElliptic);
    add("opened, RSA-3072", made.letters, made.openingRsa);
    add("RSA-3072 by OpenSSL, nothing but the key's part of it", made.letters, made.bareRsa);
    add("the first one after a start", 1, made.first);
    if (made.neighbour) add("rsvg-convert, a process a page", made.neighbourPages, *made.neighbour);

    Goals goals;
    goals.add("drawing a run of letters", rate(made.letters, made.run), "at least 2000 /s",
              perSecond(made.letters, made.run) >= PagesWanted);
    goals.add("opening sealed records, P-256", rate(made.letters, made.openingElliptic),
              "at least 500 /s", perSecond(made.letters, made.openingElliptic) >= OpenedWanted);
    const auto share = std::chrono::duration<double>{made.openingRsa} / made.bareRsa;
    goals.add("opening sealed records, RSA-3072, beside the key's part of it", percent(share),
              "at most " + percent(RsaShareAtMost), share <= RsaShareAtMost);
    goals.add("a single letter, from its file to its PDF", shown(made.single),
              "at most " + shown(SingleAtMost), made.single <= SingleAtMost);
    goals.add("a letter's PDF", kilobytes(made.octetsOfOne), "at most " + kilobytes(OctetsAtMost),
              made.octetsOfOne <= OctetsAtMost);
    std::cout << table.text() << '\n'
              << goals.text() << "\nthe run's PDF: " << kilobytes(made.octetsOfRun) << '\n';
    if (!made.neighbour) std::cout << "rsvg-convert is not installed here (librsvg2-bin)\n";
    return goals.missed();
}

}  // namespace zegel::bench
