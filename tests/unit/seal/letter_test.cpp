#include "pinmailer/seal/letter.h"

#include "pinmailer/seal/printable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace zegel::seal {
namespace {

using testing::HasSubstr;

ReleasedLetter someLetter() {
    ReleasedLetter letter;
    letter.letter = LetterId{"7f3a9c"};
    letter.templateName = "pin-letter";
    letter.language = "nl";
    letter.address = {"Gemeente Grootveen", "T.a.v. mevrouw Ÿ. Đorđević", "Stationsplein 12",
                      "1234 AB  ALMELO"};
    letter.organisation = "Gemeente Grootveen";
    letter.certificateName = "Burgerzaken: balie";
    letter.certificateNumberEnd = "0124";
    letter.orderReference = "order-7";
    letter.carrier = "smart-card";
    letter.pinTries = 3;
    letter.pukTries = 3;
    letter.releasedAt = TimePoint{std::chrono::seconds{1795253400}};
    letter.releasedBy = "receipt of 2026-11-21";
    letter.sealedCodes = {0x30, 0x03, 0x02, 0x01, 0x05};
    return letter;
}

std::string someText() {
    return "zegel-letter 1\n"
           "letter: 7f3a9c\n"
           "template: pin-letter\n"
           "language: nl\n"
           "address: Gemeente Grootveen\n"
           "address: T.a.v. mevrouw Ÿ. Đorđević\n"
           "address: Stationsplein 12\n"
           "address: 1234 AB  ALMELO\n"
           "organisation: Gemeente Grootveen\n"
           "certificate-name: Burgerzaken: balie\n"
           "certificate-number-end: 0124\n"
           "order: order-7\n"
           "carrier: smart-card\n"
           "pin-tries: 3\n"
           "puk-tries: 3\n"
           "released-at: 2026-11-21T09:30:00Z\n"
           "released-by: receipt of 2026-11-21\n"
           "sealed: MAMCAQU=\n";
}

std::string with(std::string text, std::string_view old, std::string_view replacement) {
    const auto at = text.find(old);
    EXPECT_NE(at, std::string::npos) << old;
    return text.replace(at, old.size(), replacement);
}

std::string complaintOf(const std::string& text) {
    try {
        decodeReleasedLetter(bytesOf(text));
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::SealBroken);
        return failure.what();
    }
    return "accepted";
}

std::string complaintOf(const std::function<void(ReleasedLetter&)>& change) {
    auto letter = someLetter();
    change(letter);
    try {
        encode(letter);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::LetterUnusable);
        return failure.what();
    }
    return "accepted";
}

TEST(EncodeLetter, writesOneLineAField) {
    EXPECT_EQ(textOf(encode(someLetter())), someText());
}

TEST(DecodeLetter, readsEveryField) {
    const auto letter = decodeReleasedLetter(bytesOf(someText()));
    const auto expected = someLetter();
    EXPECT_EQ(letter.letter, expected.letter);
    EXPECT_EQ(letter.templateName, expected.templateName);
    EXPECT_EQ(letter.language, expected.language);
    EXPECT_EQ(letter.address, expected.address);
    EXPECT_EQ(letter.organisation, expected.organisation);
    EXPECT_EQ(letter.certificateName, expected.certificateName);
    EXPECT_EQ(letter.certificateNumberEnd, expected.certificateNumberEnd);
    EXPECT_EQ(letter.orderReference, expected.orderReference);
    EXPECT_EQ(letter.carrier, expected.carrier);
    EXPECT_EQ(letter.pinTries, expected.pinTries);
    EXPECT_EQ(letter.pukTries, expected.pukTries);
    EXPECT_EQ(letter.releasedAt, expected.releasedAt);
    EXPECT_EQ(letter.releasedBy, expected.releasedBy);
    EXPECT_EQ(letter.sealedCodes, expected.sealedCodes);
}

TEST(DecodeLetter, readsWhichEditionItIsFromTheSecondOn) {
    EXPECT_EQ(decodeReleasedLetter(bytesOf(someText())).edition, 1);
    auto letter = someLetter();
    letter.edition = 2;
    const auto text = with(someText(), "sealed: ", "edition: 2\nsealed: ");
    EXPECT_EQ(textOf(encode(letter)), text);
    EXPECT_EQ(decodeReleasedLetter(bytesOf(text)).edition, 2);
    for (const auto* wrong : {"1", "0", "-2", "two"})
        EXPECT_THAT(complaintOf(with(text, "edition: 2", std::string{"edition: "} + wrong)),
                    HasSubstr("edition"));
}

TEST(DecodeLetter, namesWhatIsWrong) {
    const auto text = someText();
    EXPECT_THAT(complaintOf(""), HasSubstr("line 1 of the letter does not end"));
    EXPECT_THAT(complaintOf(with(text, "zegel-letter 1", "zegel-letter 2")),
                HasSubstr("\"zegel-letter 1\" is missing"));
    EXPECT_THAT(complaintOf(with(text, "language: nl\n", "")), HasSubstr("field language"));
    EXPECT_THAT(complaintOf(with(text, "order: ", "Order: ")), HasSubstr("line 12"));
    EXPECT_THAT(complaintOf(with(text, "letter: 7f3a9c", "letter: ../../etc")),
                HasSubstr("letters, digits and hyphens"));
    EXPECT_THAT(complaintOf(with(text, "pin-tries: 3", "pin-tries: 03")), HasSubstr("pin-tries"));
    EXPECT_THAT(complaintOf(with(text, "pin-tries: 3", "pin-tries: 0")), HasSubstr("pin-tries"));
    EXPECT_THAT(complaintOf(with(text, "puk-tries: 3", "puk-tries: 99999999999")),
                HasSubstr("puk-tries"));
    EXPECT_THAT(complaintOf(with(text, "2026-11-21T09", "2026-02-31T09")),
                HasSubstr("released-at"));
    EXPECT_THAT(complaintOf(with(text, "T09:30:00Z", "T09:30:00+01:00")), HasSubstr("released-at"));
    EXPECT_THAT(complaintOf(with(text, "carrier: smart-card", "carrier: paper")),
                HasSubstr("carrier is neither"));
    EXPECT_THAT(complaintOf(with(text, "MAMCAQU=", "MAMCAQV=")), HasSubstr("sealed is not base64"));
    EXPECT_THAT(complaintOf(with(text, "MAMCAQU=", "MAMC AQU=")), HasSubstr("sealed"));
    EXPECT_THAT(complaintOf(with(text, "MAMCAQU=", "====")), HasSubstr("sealed"));
    EXPECT_THAT(complaintOf(with(text, "MAMCAQU=", "")), HasSubstr("sealed"));
    EXPECT_THAT(complaintOf(text + "more: 1\n"), HasSubstr("follows after the last field"));
    EXPECT_THAT(complaintOf(with(text, "order-7\n", "order-7\r\n")),
                HasSubstr("order holds a control character"));
    EXPECT_THAT(complaintOf(with(text, "Gemeente",
                                 "\xC0\x80"
                                 "emeente")),
                HasSubstr("address is not UTF-8"));
}

TEST(DecodeLetter, refusesEveryTruncation) {
    const auto text = someText();
    for (std::size_t size = 0; size < text.size(); ++size) {
        EXPECT_NE(complaintOf(text.substr(0, size)), "accepted") << size;
    }
}

TEST(EncodeLetter, refusesWhatCannotBePrintedByName) {
    EXPECT_THAT(complaintOf([](auto& letter) { letter.address.resize(2); }),
                HasSubstr("address has 2 lines"));
    EXPECT_THAT(complaintOf([](auto& letter) { letter.address.resize(7, "x"); }),
                HasSubstr("address has 7 lines"));
    EXPECT_THAT(complaintOf([](auto& letter) { letter.address[1] = ""; }),
                HasSubstr("address is empty"));
    EXPECT_THAT(complaintOf([](auto& letter) { letter.certificateName = "a\nb"; }),
                HasSubstr("certificate-name holds a control character"));
    EXPECT_THAT(complaintOf([](auto& letter) { letter.organisation = std::string(257, 'a'); }),
                HasSubstr("organisation is longer than 256"));
    EXPECT_THAT(complaintOf([](auto& letter) { letter.letter = LetterId{"a/b"}; }),
                HasSubstr("letter holds"));
    EXPECT_THAT(complaintOf([](auto& letter) { letter.sealedCodes.clear(); }),
                HasSubstr("sealed is empty"));
    EXPECT_THAT(complaintOf([](auto& letter) { letter.pinTries = 256; }), HasSubstr("pin-tries"));
}

// RFC 3629 section 4 and the well-known stress cases around its borders.
TEST(LineToPrint, isUtf8WithoutControls) {
    for (const auto* fine : {"a", "é", "ĳ", "Ω", "Ж", "中", "\xF0\x9F\x98\x80", "\xEE\x80\x80",
                             "\xF4\x8F\xBF\xBF", "a\xCC\x81"}) {
        EXPECT_EQ(faultOfLine(fine, 256), "") << fine;
    }
    for (const auto* broken :
         {"\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF",
          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\xFF", "a\xE9 b"}) {
        EXPECT_EQ(faultOfLine(broken, 256), "is not UTF-8") << broken;
    }
    for (const auto* control : {"\t", "\x1B[31m", "\x7F", "\xC2\x85", "\xE2\x80\xA8",
                                "\xE2\x80\xAE"
                                "evil",
                                "\xE2\x81\xA6", "\xEF\xBB\xBF"}) {
        EXPECT_EQ(faultOfLine(control, 256), "holds a control character") << control;
    }
    EXPECT_EQ(faultOfLine(std::string_view{"\0", 1}, 256), "holds a control character");
}

}  // namespace
}  // namespace zegel::seal
