#include "station/orders/receipt.h"

#include "drivers/base/failure.h"
#include "tests/judges/json_schema_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace zegel::station {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string Good = R"({
  "receipt": "R-2026-17",
  "name": "TRIAL Coördinatie Zorgketen",
  "number": "zg 2026 000123 02",
  "by": "Zoë van ’t Hof",
  "at": "2026-11-21T10:30:00+01:00"
})";

Receipt read(const std::string& content) {
    std::istringstream in(content);
    return readReceipt(in, "receipt.json");
}

std::string refusalOf(const std::string& from, const std::string& to) {
    std::string content = Good;
    content.replace(content.find(from), from.size(), to);
    try {
        read(content);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::OrderUnusable);
        return failure.what();
    }
    ADD_FAILURE() << "the receipt was taken";
    return {};
}

TEST(ReceiptFile, readsEveryField) {
    const Receipt receipt = read(Good);
    EXPECT_EQ(receipt.id, "R-2026-17");
    EXPECT_EQ(receipt.name, "TRIAL Coördinatie Zorgketen");
    EXPECT_EQ(receipt.number, "zg 2026 000123 02");
    EXPECT_EQ(receipt.by, "Zoë van ’t Hof");
    EXPECT_EQ(toRfc3339(receipt.at), "2026-11-21T09:30:00Z");
}

TEST(ReceiptFile, namesReceiptLineAndField) {
    EXPECT_THAT(
        refusalOf("\"by\"", "\"from\""),
        AllOf(HasSubstr("receipt.json (receipt R-2026-17), line 5: from: is not known here"),
              HasSubstr("by: is missing; fill it in")));
    EXPECT_THAT(refusalOf("\"zg 2026 000123 02\"", "202600012302"),
                HasSubstr("line 4: number: is a number; write text between quotes"));
    EXPECT_THAT(refusalOf("\"name\"", "\"name\": \"x\", \"name\""),
                HasSubstr("line 3: name: stands here twice"));
    EXPECT_THAT(refusalOf("Zoë", "Zo\\u202E"), HasSubstr("line 5: by: holds U+202E"));
    EXPECT_THAT(refusalOf("R-2026-17", "../x"),
                HasSubstr("receipt: \"../x\" does not have its form"));
    EXPECT_THAT(refusalOf("2026-11-21T10:30:00+01:00", "21-11-2026"),
                HasSubstr("at: \"21-11-2026\" does not have its form; write a moment"));
}

TEST(ReceiptFile, refusesWhatIsNoObjectOfReasonableSize) {
    EXPECT_THROW(read("[]"), Failure);
    EXPECT_THROW(read(""), Failure);
    EXPECT_THROW(read(Good + Good), Failure);
    EXPECT_THAT(refusalOf("R-2026-17", std::string(20'000, 'x')), HasSubstr("larger than 16 KiB"));
    EXPECT_THROW(readReceiptFile("/nonexistent/receipt.json"), Failure);
}

TEST(ReceiptSchema, agreesWithTheReader) {
    std::string folder = ::testing::TempDir() + "/zegel-receipts-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    std::vector<std::string> files;
    const auto lay = [&](const std::string& from, const std::string& to) {
        std::string content = Good;
        content.replace(content.find(from), from.size(), to);
        files.push_back(folder + "/" + std::to_string(files.size()) + ".json");
        std::ofstream(files.back()) << content;
        return content;
    };
    EXPECT_NO_THROW(read(lay("zg 2026", "0a:1b")));
    EXPECT_NO_THROW(read(lay("+01:00", ".5Z")));
    EXPECT_NO_THROW(read(lay("{", "{ \"$schema\": \"receipt.schema.json\",")));
    const std::size_t good = files.size();
    EXPECT_THROW(read(lay("\"by\"", "\"from\"")), Failure);
    EXPECT_THROW(read(lay("{", "{ \"order\": \"A-1\",")), Failure);
    EXPECT_THROW(read(lay("+01:00", "")), Failure);
    EXPECT_THROW(read(lay("R-2026-17", "R/17")), Failure);
    EXPECT_THROW(read(lay("\"zg 2026 000123 02\"", "7")), Failure);
    EXPECT_THROW(read(lay("zg 2026 000123 02", "")), Failure);
    EXPECT_THROW(read(lay("Zoë", std::string(129, 'x'))), Failure);
    const auto verdicts =
        zegel::testing::judgedBySchema("station/orders/receipt.schema.json", files);
    std::filesystem::remove_all(folder);
    ASSERT_EQ(verdicts.size(), files.size());
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        EXPECT_EQ(verdicts[i] == "valid", i < good) << i << ": " << verdicts[i];
    }
}

TEST(Moment, isReadAsRfc3339Writes) {
    // The examples of RFC 3339 5.8 that lie within the range, and what they mean in UTC.
    EXPECT_EQ(toRfc3339(momentFrom("1985-04-12T23:20:50.52Z").value()), "1985-04-12T23:20:50Z");
    EXPECT_EQ(toRfc3339(momentFrom("1996-12-19T16:39:57-08:00").value()), "1996-12-20T00:39:57Z");
    EXPECT_EQ(toRfc3339(momentFrom("1990-12-31T23:59:60Z").value()), "1991-01-01T00:00:00Z");
    EXPECT_EQ(toRfc3339(momentFrom("1990-12-31T15:59:60-08:00").value()), "1991-01-01T00:00:00Z");
}

TEST(Moment, isRefusedWhenItIsNone) {
    for (const auto* text :
         {"", "2026-11-21", "2026-11-21T09:30:00", "2026-02-30T09:30:00Z", "2026-13-01T09:30:00Z",
          "2026-11-21T24:00:00Z", "2026-11-21T09:60:00Z", "2026-11-21T09:30:00.Z",
          "2026-11-21T09:30:00Zx", "2026-11-21T09:30:00+1:00", "2026-11-21T09:30:00+25:00",
          "2026-1-21T09:30:00Z", "-026-11-21T09:30:00Z", "2026-11-21T-9:30:00Z",
          "2026-11-21T09:30"}) {
        EXPECT_FALSE(momentFrom(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace zegel::station
