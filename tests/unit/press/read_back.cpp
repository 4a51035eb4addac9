#include "tests/unit/press/read_back.h"

#include "pinmailer/press/presses.h"
#include "tests/unit/press/made_letter.h"

#include <regex>

namespace zegel::tests {
namespace {

template <typename Letter>
Bytes printedBy(std::span<const Letter> letters, press::Offset offset) {
    press::Presses presses{Templates, std::nullopt, offset};
    Bytes pdf;
    presses.pressFor(letters.front()).print(letters, [&](ByteView octets) {
        pdf.insert(pdf.end(), octets.begin(), octets.end());
    });
    return pdf;
}

}  // namespace

press::OpenedLetter opened(const std::function<void(seal::ReleasedLetter&, seal::Codes&)>& change) {
    press::OpenedLetter letter{madeLetter(), madeCodes()};
    change(letter.letter, letter.codes);
    return letter;
}

Bytes printed(std::span<const press::OpenedLetter> letters, press::Offset offset) {
    return printedBy(letters, offset);
}

Bytes printed(const press::OpenedLetter& letter, press::Offset offset) {
    return printedBy(std::span{&letter, 1}, offset);
}

Bytes printed(const press::Note& note) {
    return printedBy(std::span{&note, 1}, {});
}

ReadBack::ReadBack(const Bytes& pdf) : size_(pdf.size()) {
    writeFile(folder_.path("letter.pdf"), pdf);
}

std::string ReadBack::text() const {
    return run("pdftotext -layout " + folder_.path("letter.pdf") + " -").output;
}

std::string ReadBack::tool(const std::string& command) const {
    return run(command + " " + folder_.path("letter.pdf")).output;
}

std::vector<Word> ReadBack::words() const {
    const auto html = run("pdftotext -bbox " + folder_.path("letter.pdf") + " -").output;
    static const std::regex Pattern{
        "<word xMin=\"([0-9.]+)\" yMin=\"([0-9.]+)\" xMax=\"([0-9.]+)\" yMax=\"([0-9.]+)\">"
        "([^<]*)</word>"};
    std::vector<Word> words;
    for (std::sregex_iterator at{html.begin(), html.end(), Pattern}, end; at != end; ++at) {
        const auto millimetres = [&](std::size_t group) {
            return std::stod((*at)[group]) * 25.4 / 72;
        };
        words.push_back({(*at)[5], millimetres(1), millimetres(2), millimetres(3), millimetres(4)});
    }
    return words;
}

}  // namespace zegel::tests
