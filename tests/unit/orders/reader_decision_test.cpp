#include "station/orders/reader_decision.h"

#include "drivers/base/failure.h"
#include "tests/judges/json_schema_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace zegel::station {
namespace {

using ::testing::HasSubstr;

const std::string Bind = R"({
  "decision": "D-1",
  "reader": "left/Zegel Virtual Card Reader 00 00",
  "act": "bind",
  "batch": "batch-7",
  "by": "O. Perator",
  "why": "it has the blanks of this customer"
})";

std::string with(const std::string& from, const std::string& to) {
    std::string content = Bind;
    return content.replace(content.find(from), from.size(), to);
}

const std::string Resume =
    with("\"act\": \"bind\",\n  \"batch\": \"batch-7\"", "\"act\": \"resume\"");

ReaderDecision read(const std::string& content) {
    std::istringstream in{content};
    return readReaderDecision(in, "r.json");
}

std::string refusalOf(const std::string& content) {
    try {
        read(content);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::OrderUnusable);
        return failure.what();
    }
    ADD_FAILURE() << "taken: " << content;
    return "";
}

TEST(ReaderDecision, isRead) {
    const auto bind = read(Bind);
    EXPECT_EQ(bind.reader, ReaderName{"left/Zegel Virtual Card Reader 00 00"});
    EXPECT_EQ(bind.act, ReaderDecision::Act::Bind);
    EXPECT_EQ(bind.batch, BatchId{"batch-7"});
    EXPECT_EQ(bind.by, "O. Perator");
    EXPECT_EQ(read(Resume).act, ReaderDecision::Act::Resume);
    EXPECT_FALSE(read(Resume).batch.has_value());
}

TEST(ReaderDecision, isRefusedWithWhatIsWrong) {
    EXPECT_THAT(refusalOf(with("\"bind\"", "\"tie\"")), HasSubstr("\"bind\", \"free\""));
    EXPECT_THAT(refusalOf(with("\"bind\"", "\"free\"")), HasSubstr("batch"));
    EXPECT_THAT(refusalOf(with("\"batch\": \"batch-7\",", "")), HasSubstr("batch"));
    EXPECT_THAT(refusalOf(with("\"by\": \"O. Perator\",", "")), HasSubstr("by: is missing"));
    EXPECT_THAT(refusalOf(with("\"reader\"", "\"raeder\"")), HasSubstr("raeder"));
    EXPECT_THAT(refusalOf("7"), HasSubstr("not an object"));
    EXPECT_THROW(readReaderDecisionFile("/nonexistent/r.json"), Failure);
}

TEST(ReaderDecisionSchema, agreesWithTheReader) {
    std::string folder = ::testing::TempDir() + "/zegel-readers-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const std::vector<std::string> good{Bind, Resume};
    const std::vector<std::string> bad{with("\"bind\"", "\"tie\""), with("\"bind\"", "\"free\""),
                                       with("\"batch\": \"batch-7\",", ""), with("O. Perator", ""),
                                       with("D-1", "-D")};
    std::vector<std::string> files;
    for (const auto* list : {&good, &bad}) {
        for (const auto& content : *list) {
            files.push_back(folder + "/" + std::to_string(files.size()) + ".json");
            std::ofstream(files.back()) << content;
        }
    }
    const auto judged =
        zegel::testing::judgedBySchema("station/orders/reader_decision.schema.json", files);
    std::filesystem::remove_all(folder);
    ASSERT_EQ(judged.size(), files.size());
    for (std::size_t at = 0; at < judged.size(); ++at)
        EXPECT_EQ(judged[at] == "valid", at < good.size()) << at << ": " << judged[at];
    for (const auto& content : good)
        EXPECT_NO_THROW(read(content));
    for (const auto& content : bad)
        EXPECT_THROW(read(content), Failure);
}

}  // namespace
}  // namespace zegel::station
