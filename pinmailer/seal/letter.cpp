#include "pinmailer/seal/letter.h"

#include "pinmailer/seal/printable.h"
#include "pinmailer/seal/text_lines.h"

namespace zegel::seal {
namespace {

constexpr std::string_view Heading = "zegel-letter 1";
constexpr std::size_t LongestRule = 512;
constexpr int MostTries = 255;

std::string faultOfTries(int tries, int least) {
    if (tries >= least && tries <= MostTries) return {};
    return "is not a number from " + std::to_string(least) + " to " + std::to_string(MostTries);
}

void expectNoFault(std::string_view field, const std::string& fault, Fault kind) {
    if (fault.empty()) return;
    throw Failure{kind, "the letter's " + std::string{field} + " " + fault};
}

/// One set of rules for both directions; only the fault differs.
void expectFit(const ReleasedLetter& letter, Fault kind) {
    expectNoFault("letter", faultOfWord(letter.letter.value()), kind);
    expectNoFault("template", faultOfWord(letter.templateName), kind);
    expectNoFault("language", faultOfWord(letter.language), kind);
    expectNoFault("address", faultOfAddress(letter.address), kind);
    expectNoFault("organisation", faultOfLine(letter.organisation, LongestLine), kind);
    expectNoFault("certificate-name", faultOfLine(letter.certificateName, LongestLine), kind);
    expectNoFault("certificate-number-end", faultOfLine(letter.certificateNumberEnd, LongestWord),
                  kind);
    expectNoFault("order", faultOfLine(letter.orderReference, LongestLine), kind);
    expectNoFault("carrier", faultOfCarrier(letter.carrier), kind);
    expectNoFault("pin-tries", faultOfTries(letter.pinTries, 1), kind);
    expectNoFault("puk-tries", faultOfTries(letter.pukTries, 0), kind);
    expectNoFault("released-by", faultOfLine(letter.releasedBy, LongestRule), kind);
    expectNoFault("edition", letter.edition > 0 ? "" : "is none", kind);
    expectNoFault("sealed", letter.sealedCodes.empty() ? "is empty" : "", kind);
}

}  // namespace

Bytes encode(const ReleasedLetter& letter) {
    expectFit(letter, Fault::LetterUnusable);
    LineWriter text{Heading};
    const auto say = [&](std::string_view name, std::string_view value) { text.say(name, value); };
    say("letter", letter.letter.value());
    say("template", letter.templateName);
    say("language", letter.language);
    for (const auto& line : letter.address) {
        say("address", line);
    }
    say("organisation", letter.organisation);
    say("certificate-name", letter.certificateName);
    say("certificate-number-end", letter.certificateNumberEnd);
    say("order", letter.orderReference);
    say("carrier", letter.carrier);
    say("pin-tries", std::to_string(letter.pinTries));
    say("puk-tries", std::to_string(letter.pukTries));
    say("released-at", toRfc3339(letter.releasedAt));
    say("released-by", letter.releasedBy);
    if (letter.edition > 1) say("edition", std::to_string(letter.edition));
    say("sealed", toBase64(letter.sealedCodes));
    return text.octets();
}

ReleasedLetter decodeReleasedLetter(ByteView text) {
    LineReader lines{text, "letter"};
    lines.takeHeading(Heading);
    ReleasedLetter letter;
    letter.letter = LetterId{lines.take("letter")};
    letter.templateName = lines.take("template");
    letter.language = lines.take("language");
    while (auto line = lines.takeIf("address")) {
        letter.address.push_back(*std::move(line));
    }
    letter.organisation = lines.take("organisation");
    letter.certificateName = lines.take("certificate-name");
    letter.certificateNumberEnd = lines.take("certificate-number-end");
    letter.orderReference = lines.take("order");
    letter.carrier = lines.take("carrier");
    letter.pinTries = lines.takeNumber("pin-tries");
    letter.pukTries = lines.takeNumber("puk-tries");
    letter.releasedAt = lines.takeTime("released-at");
    letter.releasedBy = lines.take("released-by");
    if (const auto edition = lines.takeNumberIf("edition")) {
        letter.edition = *edition;
        expectNoFault("edition", *edition > 1 ? "" : "is not said of the first", Fault::SealBroken);
    }
    letter.sealedCodes = lines.takeOctets("sealed");
    lines.expectEnd();
    expectFit(letter, Fault::SealBroken);
    return letter;
}

}  // namespace zegel::seal
