#include "tests/bench/letter_neighbours.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/letter_press.h"
#include "pinmailer/press/letter_words.h"
#include "pinmailer/press/machine_mark.h"
#include "tests/unit/press/made_letter.h"

#include <openssl/rsa.h>

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <string>
#include <vector>

namespace zegel::bench {
namespace {

/// "012 345", as people get it.
std::string grouped(const SecretBytes& code, bool inFours) {
    auto rest = tests::shown(code);
    std::string words;
    for (const auto group : press::groupsOf(rest.size(), inFours)) {
        words += (words.empty() ? "" : " ") + rest.substr(0, group);
        rest.erase(0, group);
    }
    return words;
}

std::string wordsIn(const press::Field& field, const press::OpenedLetter& opened) {
    if (field.name == "pin") return grouped(opened.codes.pin, false);
    if (field.name == "puk") return grouped(opened.codes.puk, false);
    if (field.name == "revocation") return grouped(opened.codes.revocation, true);
    return field.before + press::wordsOf(field.name, opened.letter, "nl") + field.after;
}

std::string colourOf(const press::Field& field) {
    std::ostringstream colour;
    colour << '#' << std::hex << std::setfill('0');
    for (const auto share : field.colour)
        colour << std::setw(2) << static_cast<int>(share * 255 + 0.5);
    return colour.str();
}

const char* anchorOf(const press::Field& field) {
    if (field.anchor == press::Field::Anchor::Start) return "start";
    return field.anchor == press::Field::Anchor::Middle ? "middle" : "end";
}

void write(std::ostream& svg, const press::Field& field, const std::string& words) {
    std::istringstream lines{words};
    auto y = field.y;
    for (std::string line; std::getline(lines, line); y += field.leading) {
        svg << "<text xml:space=\"preserve\" x=\"" << field.x << "\" y=\"" << y
            << "\" font-family=\"" << field.families << "\" font-size=\"" << field.size
            << "\" font-weight=\"" << field.weight << "\" fill=\"" << colourOf(field)
            << "\" text-anchor=\"" << anchorOf(field) << "\">" << line << "</text>";
    }
}

void writeMark(std::ostream& svg, const std::string& text, const press::Area& place) {
    const press::MachineMark mark{text, place};
    const auto& dark = mark.modules();
    std::size_t side = 1;
    while (side * side < dark.size())
        ++side;
    const auto module = place.width / static_cast<double>(side + 2);
    svg << "<path d=\"";
    for (std::size_t at = 0; at < dark.size(); ++at) {
        if (!dark[at]) continue;
        svg << 'M' << place.x + module * static_cast<double>(at % side + 1) << ' '
            << place.y + module * static_cast<double>(at / side + 1) << 'h' << module << 'v'
            << module << 'h' << -module << 'z';
    }
    svg << "\"/>";
}

/// The same page, in the form that a program without a press of ours fills in.
std::string filledSvg(const press::LetterTemplate& loaded, const press::OpenedLetter& opened) {
    std::ostringstream svg;
    svg << loaded.fixedPart().substr(0, loaded.fixedPart().rfind("</svg>"));
    for (const auto& field : loaded.fields())
        write(svg, field, wordsIn(field, opened));
    writeMark(svg, opened.letter.letter.value() + " 1/1", loaded.mark());
    svg << "</svg>";
    return svg.str();
}

tests::Ran draw(const std::string& name) {
    return tests::run("rsvg-convert -f pdf -o " + name + ".pdf " + name + ".svg");
}

/// Sorted: which is read first, a reader of PDFs may choose.
std::vector<std::string> wordsOnPage(const std::string& pdf) {
    std::istringstream text{tests::run("pdftotext -raw " + pdf + " -").output};
    std::vector<std::string> words;
    for (std::string word; text >> word;)
        words.push_back(word);
    std::ranges::sort(words);
    return words;
}

void expectTheSame(const press::LetterTemplate& loaded, const press::OpenedLetter& letter,
                   const tests::MadeFolder& folder) {
    Bytes ours;
    press::LetterPress{loaded, "nl"}.print(std::span{&letter, 1}, [&](ByteView octets) {
        ours.insert(ours.end(), octets.begin(), octets.end());
    });
    tests::writeFile(folder.path("ours.pdf"), ours);
    const auto words = wordsOnPage(folder.path("ours.pdf"));
    if (!words.empty() && words == wordsOnPage(folder.path("0.pdf"))) return;
    throw Failure{Fault::Defect, "rsvg-convert was given another page than the press"};
}

}  // namespace

std::optional<Span> neighbourDraws(std::span<const press::OpenedLetter> letters,
                                   std::size_t pages) {
    if (tests::run("rsvg-convert --version").exitCode != 0) return std::nullopt;
    const tests::MadeFolder folder;
    const auto loaded = press::LetterTemplate::load(
        std::string{ZEGEL_SOURCE_DIR} + "/config/letters/pin-letter.nl.svg", {"smart-card", true});
    for (std::size_t at = 0; at < pages; ++at) {
        tests::writeFile(folder.path(std::to_string(at) + ".svg"),
                         bytesOf(filledSvg(loaded, letters[at])));
    }
    const auto from = now();
    for (std::size_t at = 0; at < pages; ++at) {
        const auto ran = draw(folder.path(std::to_string(at)));
        if (ran.exitCode != 0) throw Failure{Fault::Defect, "rsvg-convert failed: " + ran.output};
    }
    const auto took = now() - from;
    expectTheSame(loaded, letters.front(), folder);
    return took;
}

Span bareDecryptions(EVP_PKEY& key, std::size_t times) {
    const auto ready = [&](auto begin) {
        openssl::PkeyCtxPtr context{EVP_PKEY_CTX_new(&key, nullptr)};
        const bool usable =
            context && begin(context.get()) == 1 &&
            EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1;
        openssl::expect(usable, Fault::Defect, "preparing RSA-OAEP");
        return context;
    };
    const Bytes content(32, 0x5A);
    Bytes sealed(static_cast<std::size_t>(EVP_PKEY_get_size(&key)));
    auto length = sealed.size();
    const auto sealing = ready(EVP_PKEY_encrypt_init);
    openssl::expect(EVP_PKEY_encrypt(sealing.get(), sealed.data(), &length, content.data(),
                                     content.size()) == 1,
                    Fault::Defect, "encrypting by RSA-OAEP");
    Bytes opened(sealed.size());
    const auto from = now();
    for (std::size_t at = 0; at < times; ++at) {
        const auto opening = ready(EVP_PKEY_decrypt_init);
        auto octets = opened.size();
        openssl::expect(
            EVP_PKEY_decrypt(opening.get(), opened.data(), &octets, sealed.data(), length) == 1,
            Fault::Defect, "decrypting by RSA-OAEP");
    }
    return now() - from;
}

}  // namespace zegel::bench
