#include "pinmailer/press/printing/printer.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/run/printer_watch.h"
#include "tests/unit/seal/made_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace zegel::press {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

/// The real ippeveprinter, in a folder of its own (config/demo/ipp_printer.py).
class RealPrinter {
public:
    explicit RealPrinter(const std::string& scheme, const std::string& manner = "") {
        process_ = popen(("python3 -B " ZEGEL_SOURCE_DIR "/tests/service/press/printer_for.py " +
                          folder_.path("p") + " " + scheme + " " + manner)
                             .c_str(),
                         "r");
        std::array<char, 4096> line{};
        if (process_ == nullptr || std::fgets(line.data(), line.size(), process_) == nullptr)
            throw std::runtime_error("the printer program did not start");
        std::istringstream{line.data()} >> uri_ >> certificate_;
    }
    ~RealPrinter() {
        mood("well");
        std::ofstream{folder_.path("p/end")};
        pclose(process_);
    }
    RealPrinter(const RealPrinter&) = delete;
    RealPrinter& operator=(const RealPrinter&) = delete;

    PrinterAddress address() const {
        return {uri_, certificate_ == "-" ? "" : certificate_, "iso_a4_210x297mm", 10s};
    }
    void mood(const std::string& word) const {
        std::ofstream{folder_.path("p/mood.made")} << word << "\n";
        fs::rename(folder_.path("p/mood.made"), folder_.path("p/mood"));
    }
    std::string sheets() const { return textOf(tests::readFile(folder_.path("p/sheets"))); }
    std::vector<Bytes> paper() const {
        std::vector<Bytes> papers;
        for (const auto& entry : fs::directory_iterator{folder_.path("p/paper")})
            papers.push_back(tests::readFile(entry.path().string()));
        return papers;
    }
    bool keepsALetter() const {
        const fs::directory_iterator spool{folder_.path("p/spool")};
        return std::any_of(begin(spool), end(spool),
                           [](const auto& entry) { return entry.path().extension() == ".pdf"; });
    }
    void restart() const {
        std::ofstream{folder_.path("p/restart")};
        while (fs::exists(folder_.path("p/restart")))
            std::this_thread::sleep_for(10ms);
    }

private:
    tests::MadeFolder folder_;
    std::FILE* process_ = nullptr;
    std::string uri_;
    std::string certificate_;
};

SecretDocument letterOf(const std::string& words) {
    SecretDocument document;
    document.append(bytesOf("%PDF-1.5\n" + words + std::string(40'000, 'x') + "\n%%EOF\n"));
    return document;
}

class APrinter : public testing::Test {
protected:
    static void SetUpTestSuite() { real_ = std::make_unique<RealPrinter>("ipp"); }
    static void TearDownTestSuite() { real_.reset(); }
    void SetUp() override {
        real_->mood("well");
        EXPECT_EQ(watch().awaitReady(), "");
    }

    PrinterWatch watch(bool counts = true) {
        return {printer_,
                {20s, 20s, counts},
                [this](const std::string& line) { said_ += line; },
                [] { return false; }};
    }
    JobEnd print(const std::string& title, PrinterWatch watch) {
        std::string why;
        const auto job = watch.awaitJob(title, why);
        EXPECT_NE(job, 0) << why;
        const auto sent = printer_.send(job, title, letterOf(title));
        EXPECT_EQ(sent.how, Sent::How::Taken) << sent.why;
        return watch.follow(job, title, 1, true);
    }
    int timesPrinted(const std::string& title) const {
        int count = 0;
        std::istringstream lines{real_->sheets()};
        for (std::string line; std::getline(lines, line);)
            count += line == title + " whole" ? 1 : 0;
        return count;
    }

    static std::unique_ptr<RealPrinter> real_;
    Printer printer_{real_->address()};
    std::string said_;
};

std::unique_ptr<RealPrinter> APrinter::real_;

TEST_F(APrinter, printsALetterAsItIsAndKeepsNone) {
    const auto end = print("plain", watch());
    EXPECT_TRUE(end.printed) << end.why;
    EXPECT_EQ(timesPrinted("plain"), 1);
    Bytes document;
    letterOf("plain").forEachPiece(
        [&](ByteView octets) { document.insert(document.end(), octets.begin(), octets.end()); });
    EXPECT_THAT(real_->paper(), testing::Contains(document));
    while (real_->keepsALetter())  // or this test never ends
        std::this_thread::sleep_for(5ms);
}

TEST_F(APrinter, thatJamsMakesALetterUncertainAndNeverPrintsItByItself) {
    real_->mood("jam");
    const auto end = print("jam", watch());
    EXPECT_FALSE(end.printed);
    EXPECT_THAT(end.why, HasSubstr("jam"));
    EXPECT_THAT(hindranceOf(printer_.look()), HasSubstr("jammed"));
    real_->mood("well");
    EXPECT_EQ(watch().awaitReady(), "");
    EXPECT_TRUE(print("after", watch()).printed);
    EXPECT_EQ(timesPrinted("jam"), 0);
}

TEST_F(APrinter, thatAbortsMakesALetterUncertain) {
    real_->mood("abort");
    const auto end = print("abort", watch());
    EXPECT_FALSE(end.printed);
    EXPECT_THAT(end.why, HasSubstr("aborted"));
    EXPECT_EQ(timesPrinted("abort"), 0);
}

TEST_F(APrinter, withoutPaperIsWaitedFor) {
    real_->mood("empty");
    std::string why;
    const auto job = watch().awaitJob("empty", why);
    ASSERT_EQ(printer_.send(job, "empty", letterOf("empty")).how, Sent::How::Taken);
    while (printer_.look().reasons.empty())
        std::this_thread::sleep_for(5ms);
    EXPECT_EQ(timesPrinted("empty"), 0);
    real_->mood("well");
    EXPECT_TRUE(watch().follow(job, "empty", 1, true).printed);
    EXPECT_EQ(timesPrinted("empty"), 1);
}

TEST_F(APrinter, thatDoesNotCountIsBelievedOnlyWhereItIsKnownNotTo) {
    real_->mood("silent");
    const auto end = print("counted", watch());
    EXPECT_FALSE(end.printed);
    EXPECT_THAT(end.why, HasSubstr("side"));
    EXPECT_TRUE(print("uncounted", watch(false)).printed);
}

TEST_F(APrinter, thatIsBusyTakesTheNextLetterWhenItCan) {
    real_->mood("slow");
    std::string why;
    const auto first = watch().awaitJob("first", why);
    ASSERT_EQ(printer_.send(first, "first", letterOf("first")).how, Sent::How::Taken);
    EXPECT_EQ(printer_.createJob("second"), std::nullopt);
    real_->mood("well");
    EXPECT_TRUE(watch().follow(first, "first", 1, true).printed);
    EXPECT_TRUE(print("second", watch()).printed);
}

TEST_F(APrinter, forgetsAnEmptyJobThatIsTakenOff) {
    const auto job = printer_.createJob("orphan");
    ASSERT_TRUE(job);
    EXPECT_EQ(printer_.openJobsNamed("another").size(), 0U);
    EXPECT_EQ(printer_.openJobsNamed("orphan"), std::vector{*job});
    EXPECT_EQ(printer_.cancel(*job, "another"), "");  // not its job any more: left alone
    EXPECT_EQ(printer_.openJobsNamed("orphan"), std::vector{*job});
    EXPECT_EQ(printer_.cancel(*job, "orphan"), "");
    EXPECT_EQ(printer_.cancel(*job, "orphan"), "");
    EXPECT_TRUE(printer_.openJobsNamed("orphan").empty());
    EXPECT_TRUE(print("next", watch()).printed);
}

TEST_F(APrinter, thatGotNothingOfALetterIsGivenUpAtOnce) {
    std::string why;
    const auto job = watch().awaitJob("starved", why);
    const auto begun = std::chrono::steady_clock::now();
    const auto end = watch().follow(job, "starved", 1, false);
    EXPECT_FALSE(end.printed);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 15s);
    EXPECT_TRUE(print("next", watch()).printed);
}

TEST_F(APrinter, thatWasStartedAnewKnowsNoJobOfBefore) {
    real_->mood("slow");
    std::string why;
    const auto job = watch().awaitJob("lost", why);
    ASSERT_EQ(printer_.send(job, "lost", letterOf("lost")).how, Sent::How::Taken);
    real_->restart();
    const auto end = watch().follow(job, "lost", 1, true);
    EXPECT_FALSE(end.printed);
    EXPECT_THAT(end.why, HasSubstr("knows its job no more"));
}

TEST_F(APrinter, isNotBelievedOfAnothersJobUnderTheSameNumber) {
    std::string why;
    const auto job = watch().awaitJob("stranger", why);
    ASSERT_EQ(printer_.send(job, "stranger", letterOf("stranger")).how, Sent::How::Taken);
    EXPECT_TRUE(watch().follow(job, "stranger", 1, true).printed);
    const auto end = watch().follow(job, "ours", 1, true);
    EXPECT_FALSE(end.printed);
    EXPECT_THAT(end.why, HasSubstr("knows its job no more"));
}

TEST_F(APrinter, isNotBelievedOfALetterThatItNeverSaidItHad) {
    std::string why;
    const auto job = watch().awaitJob("unheard", why);
    ASSERT_EQ(printer_.send(job, "unheard", letterOf("unheard")).how, Sent::How::Taken);
    while (!printer_.job(job, "unheard").value().ended())
        std::this_thread::sleep_for(5ms);
    const auto end = watch().follow(job, "unheard", 1, false);
    EXPECT_FALSE(end.printed);
    EXPECT_THAT(end.why, HasSubstr("completed"));
}

TEST(APrinterThatCancelsNothing, isNamedAsOneThatMayPrintLater) {
    const RealPrinter real{"ipp", "stubborn"};
    Printer printer{real.address()};
    std::string said;
    PrinterWatch watch{printer,
                       {20s, 1s, true},
                       [&](const std::string& line) { said += line; },
                       [] { return false; }};
    std::string why;
    real.mood("slow");
    const auto job = watch.awaitJob("kept", why);
    ASSERT_EQ(printer.send(job, "kept", letterOf("kept")).how, Sent::How::Taken);
    const auto end = watch.follow(job, "kept", 1, true);
    EXPECT_FALSE(end.printed);
    EXPECT_THAT(end.why, HasSubstr("may print later"));
    EXPECT_THAT(said, HasSubstr("could not be taken off"));
    EXPECT_THAT(printer.cancel(job, "kept"), HasSubstr("keeps job"));
    real.mood("well");
    while (!printer.job(job, "kept").value().ended())
        std::this_thread::sleep_for(5ms);
    EXPECT_EQ(printer.cancel(job, "kept"), "");
}

TEST(AnAbsentPrinter, isWaitedForAndThenNothingIsSent) {
    Printer printer{{"ipp://127.0.0.1:1/ipp/print", "", "", 1s}};
    EXPECT_THROW(printer.look(), Failure);
    PrinterWatch watch{printer, {100ms, 1s, true}, [](const std::string&) {}, [] { return false; }};
    EXPECT_THAT(watch.awaitReady(), HasSubstr("not ready within"));
    const auto sent = printer.send(1, "x", letterOf("x"));
    EXPECT_EQ(sent.how, Sent::How::Nothing);
}

TEST(ASecuredPrinter, isKnownByItsCertificateAlone) {
    const RealPrinter real{"ipps"};
    Printer printer{real.address()};
    PrinterWatch watch{printer, {20s, 20s, true}, [](const std::string&) {}, [] { return false; }};
    std::string why;
    const auto job = watch.awaitJob("secured", why);
    ASSERT_NE(job, 0) << why;
    EXPECT_EQ(printer.send(job, "secured", letterOf("secured")).how, Sent::How::Taken);
    EXPECT_TRUE(watch.follow(job, "secured", 1, true).printed);

    const tests::MadeFolder folder;
    const auto other = tests::makeIdentity({.algorithm = "RSA-2048", .commonName = "localhost"});
    tests::writePem(folder.path("other.pem"), *other.certificate);
    auto address = real.address();
    address.certificate = folder.path("other.pem");
    Printer believed{address};
    try {
        believed.look();
        FAIL() << "it was taken for another printer";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::PrinterUnavailable);
        EXPECT_THAT(failure.what(), HasSubstr("public key"));
    }
    EXPECT_EQ(believed.send(1, "x", letterOf("x")).how, Sent::How::Nothing);
}

}  // namespace
}  // namespace zegel::press
