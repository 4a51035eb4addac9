#include "tests/unit/orders/batch_corpus.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

namespace zegel::station {
namespace {

using testing::batchCases;
using testing::Fate;

/// Runs the foreign judge over the files; one verdict a file.
std::vector<std::string> verdictsOf(const std::vector<std::string>& files) {
    std::string command =
        "python3 '" ZEGEL_SOURCE_DIR "/tests/unit/orders/judge.py' '" ZEGEL_SOURCE_DIR
        "/station/orders/batch.schema.json'";
    for (const auto& file : files)
        command += " '" + file + "'";
    const auto closed = [](FILE* pipe) { EXPECT_EQ(pclose(pipe), 0); };
    const std::unique_ptr<FILE, decltype(closed)> pipe(popen(command.c_str(), "r"), closed);
    std::string said;
    std::array<char, 4096> part{};
    while (const std::size_t got = std::fread(part.data(), 1, part.size(), pipe.get())) {
        said.append(part.data(), got);
    }
    std::vector<std::string> verdicts;
    std::istringstream lines(said);
    for (std::string line; std::getline(lines, line);)
        verdicts.push_back(line);
    return verdicts;
}

TEST(BatchSchema, agreesWithTheReaderOnTheWholeCorpus) {
    std::string folder = ::testing::TempDir() + "/zegel-batches-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    std::vector<std::string> files;
    for (const auto& one : batchCases()) {
        files.push_back(folder + "/" + std::to_string(files.size()) + ".json");
        std::ofstream(files.back(), std::ios::binary) << one.content;
    }
    const auto verdicts = verdictsOf(files);
    std::filesystem::remove_all(folder);
    ASSERT_EQ(verdicts.size(), batchCases().size());
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        const auto& one = batchCases()[i];
        const bool expectValid = one.fate == Fate::Taken || !one.schemaKnows;
        EXPECT_EQ(verdicts[i] == "valid", expectValid) << one.name << ": " << verdicts[i];
    }
}

TEST(BatchSchema, findsTheMistakeOfTheDemoBatchAndNoOther) {
    const auto verdicts = verdictsOf({ZEGEL_SOURCE_DIR "/config/examples/batch.json"});
    ASSERT_EQ(verdicts.size(), 1U);
    EXPECT_EQ(verdicts[0], "invalid: 'address' is a required property");
}

}  // namespace
}  // namespace zegel::station
