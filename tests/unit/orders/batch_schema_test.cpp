#include "tests/judges/json_schema_judge.h"
#include "tests/unit/orders/batch_corpus.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace zegel::station {
namespace {

using testing::batchCases;
using testing::Fate;

constexpr const char* Schema = "station/orders/batch.schema.json";

TEST(BatchSchema, agreesWithTheReaderOnTheWholeCorpus) {
    std::string folder = ::testing::TempDir() + "/zegel-batches-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    std::vector<std::string> files;
    for (const auto& one : batchCases()) {
        files.push_back(folder + "/" + std::to_string(files.size()) + ".json");
        std::ofstream(files.back(), std::ios::binary) << one.content;
    }
    const auto verdicts = zegel::testing::judgedBySchema(Schema, files);
    std::filesystem::remove_all(folder);
    ASSERT_EQ(verdicts.size(), batchCases().size());
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        const auto& one = batchCases()[i];
        const bool expectValid = one.fate == Fate::Taken || !one.schemaKnows;
        EXPECT_EQ(verdicts[i] == "valid", expectValid) << one.name << ": " << verdicts[i];
    }
}

TEST(BatchSchema, findsTheMistakeOfTheDemoBatchAndNoOther) {
    const auto verdicts =
        zegel::testing::judgedBySchema(Schema, {ZEGEL_SOURCE_DIR "/config/examples/batch.json"});
    ASSERT_EQ(verdicts.size(), 1U);
    EXPECT_EQ(verdicts[0], "invalid: 'address' is a required property");
}

}  // namespace
}  // namespace zegel::station
