#include "pinmailer/press/run/printer_watch.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/post/letters_desk.h"
#include "pinmailer/press/printing/printer_uri.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zegel::press {
namespace {

using testing::HasSubstr;
using State = PrinterLook::State;

std::string hindranceOf(State state, std::vector<std::string> reasons, bool accepts = true) {
    return press::hindranceOf({state, accepts, std::move(reasons)});
}

TEST(Hindrance, isNoneForAnIdlePrinterThatOnlyWarns) {
    EXPECT_EQ(hindranceOf(State::Idle, {}), "");
    EXPECT_EQ(hindranceOf(State::Idle, {"toner-low-warning", "media-low-report",
                                        "media-empty-warning", "cover-open-report"}),
              "");
}

// RFC 8011, 5.4.12: a reason without a suffix is an error. A jam hinders whatever it is called:
// ippeveprinter shows one as a warning, and calls itself idle.
TEST(Hindrance, isWhatAPersonHasToMend) {
    EXPECT_THAT(hindranceOf(State::Idle, {"media-jam-warning"}), HasSubstr("jammed"));
    EXPECT_THAT(hindranceOf(State::Idle, {"media-jam"}), HasSubstr("jammed"));
    EXPECT_THAT(hindranceOf(State::Idle, {"media-empty-error"}), HasSubstr("media-empty"));
    EXPECT_THAT(hindranceOf(State::Idle, {"cover-open"}), HasSubstr("cover-open"));
    EXPECT_THAT(hindranceOf(State::Idle, {"paused"}), HasSubstr("paused"));
    EXPECT_THAT(hindranceOf(State::Stopped, {"other-warning"}), HasSubstr("stopped"));
    EXPECT_THAT(hindranceOf(State::Processing, {}), HasSubstr("busy"));
    EXPECT_THAT(hindranceOf(State::Idle, {}, false), HasSubstr("takes no jobs"));
}

// RFC 3510, 3 and RFC 7472, 4.3.
TEST(PrinterAddress, becomesTheAddressOfHttp) {
    EXPECT_EQ(httpOf({"ipp://printer.example/ipp/print", "", "", {}, true}),
              "http://printer.example:631/ipp/print");
    EXPECT_EQ(httpOf({"ipps://printer.example:8631/x", "printer.pem", ""}),
              "https://printer.example:8631/x");
    EXPECT_EQ(httpOf({"ipp://[::1]/ipp/print", "", ""}), "http://[::1]:631/ipp/print");
    EXPECT_EQ(httpOf({"ipp://[::1]:99/ipp/print", "", ""}), "http://[::1]:99/ipp/print");
}

TEST(PrinterAddress, sendsNothingInTheClearOverAWireUnlessToldTo) {
    for (const auto* uri : {"ipp://printer.example/ipp/print", "ipp://10.0.0.7:631/ipp/print",
                            "ipp://localhost.example/", "ipp://[::2]/ipp/print"}) {
        EXPECT_THROW(httpOf({uri, "", ""}), Failure) << uri;
        EXPECT_NO_THROW(httpOf({uri, "", "", {}, true})) << uri;
    }
    for (const auto* uri : {"ipp://localhost/ipp/print", "ipp://localhost:99/ipp/print",
                            "ipp://127.0.0.1:99/ipp/print", "ipp://[::1]:99/ipp/print"})
        EXPECT_NO_THROW(httpOf({uri, "", ""})) << uri;
}

TEST(AReason, isCutBetweenCharacters) {
    const std::string full(511, 'x');
    EXPECT_EQ(LettersDesk::shortened(full + "y"), full + "y");
    EXPECT_EQ(LettersDesk::shortened(full + "é"), full);
    EXPECT_EQ(LettersDesk::shortened(full + "\U0001F5A8"), full);
    EXPECT_EQ(LettersDesk::shortened(full.substr(1) + "éé"), full.substr(1) + "é");
}

TEST(PrinterAddress, isRefusedWhenALetterCouldGoElsewhere) {
    const auto refusal = [](const std::string& uri, const std::string& certificate) {
        try {
            return httpOf({uri, certificate, ""});
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
            return std::string{failure.what()};
        }
    };
    EXPECT_THAT(refusal("ipps://printer.example/ipp/print", ""), HasSubstr("certificate"));
    EXPECT_THAT(refusal("ipp://printer.example/ipp/print", "p.pem"), HasSubstr("in the clear"));
    for (const auto* uri : {"printer.example", "http://printer.example/", "ipp://", "ipp:///x",
                            "ipp://me@printer.example/", "ipp://printer.example/a b"})
        EXPECT_THAT(refusal(uri, ""), HasSubstr("the printer's address")) << uri;
}

TEST(SecretDocument, givesBackWhatItWasGivenPieceByPiece) {
    Bytes all(100'000);
    for (std::size_t at = 0; at < all.size(); ++at)
        all[at] = static_cast<std::uint8_t>(at * 31 + at / 256);
    SecretDocument document;
    const ByteView view{all};
    for (std::size_t at = 0; at < all.size(); at += 7777)
        document.append(view.subspan(at, std::min<std::size_t>(7777, all.size() - at)));
    ASSERT_EQ(document.size(), all.size());
    Bytes pieces;
    document.forEachPiece(
        [&](ByteView octets) { pieces.insert(pieces.end(), octets.begin(), octets.end()); });
    EXPECT_EQ(pieces, all);

    const auto head = bytesOf("head");
    DocumentBehind body{head, document};
    EXPECT_FALSE(body.begun());
    Bytes sent;
    Bytes some(1000);
    while (const auto size = body.read(some)) {
        sent.insert(sent.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(size));
    }
    EXPECT_TRUE(body.begun());
    EXPECT_FALSE(body.rewind());
    EXPECT_EQ(sent.size(), body.size());
    EXPECT_TRUE(std::equal(head.begin(), head.end(), sent.begin()));
    EXPECT_TRUE(std::equal(all.begin(), all.end(), sent.begin() + 4));
}

}  // namespace
}  // namespace zegel::press
