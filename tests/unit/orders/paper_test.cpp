#include "drivers/base/failure.h"
#include "tests/judges/json_schema_judge.h"
#include "tests/unit/orders/paper_corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace zegel::station {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::replaced;

void read(const testing::Paper& paper, const std::string& content) {
    std::istringstream in{content};
    paper.read(in, "p.json");
}

std::string refusalOf(const testing::Paper& paper, const std::string& content) {
    try {
        read(paper, content);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::OrderUnusable);
        return failure.what();
    }
    ADD_FAILURE() << "taken: " << content;
    return "";
}

class Papers : public ::testing::TestWithParam<testing::Paper> {};

TEST_P(Papers, areTakenWhenTheyAreGood) {
    for (const auto& content : GetParam().good)
        EXPECT_NO_THROW(read(GetParam(), content)) << content;
}

TEST_P(Papers, areRefusedWithWhatIsWrong) {
    for (const auto* list : {&GetParam().bad, &GetParam().onlyForReader})
        for (const auto& [content, complaint] : *list)
            EXPECT_THAT(refusalOf(GetParam(), content), HasSubstr(complaint)) << content;
}

TEST_P(Papers, areNamedWhenTheyAreRefused) {
    const auto& paper = GetParam();
    EXPECT_THAT(refusalOf(paper, replaced(paper.good.front(), "\"by\"", "\"from\"")),
                AllOf(HasSubstr("p.json (" + paper.kind + " " + paper.id + "), line "),
                      HasSubstr("from: is not known here"), HasSubstr("by: is missing; fill it in"),
                      HasSubstr("correct it and lay it out again")));
}

TEST_P(Papers, areOneObjectOfReasonableSizeUnderAnId) {
    const auto& paper = GetParam();
    const auto& good = paper.good.front();
    for (const auto* const nothing : {"[]", "7"})
        EXPECT_THAT(refusalOf(paper, nothing), HasSubstr("is not an object"));
    EXPECT_THROW(read(paper, ""), Failure);
    EXPECT_THROW(read(paper, good + good), Failure);
    EXPECT_THAT(refusalOf(paper, replaced(good, paper.id, std::string(20'000, 'x'))),
                HasSubstr("larger than 16 KiB"));
    EXPECT_THAT(refusalOf(paper, replaced(good, paper.id, "../x")),
                HasSubstr(paper.kind + ": \"../x\" does not have its form"));
}

TEST_P(Papers, thatCannotBeOpenedAreNamed) {
    try {
        GetParam().readFile("/nonexistent/p.json");
        ADD_FAILURE() << "opened";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::OrderUnusable);
        EXPECT_THAT(failure.what(), HasSubstr("p.json: cannot be opened"));
    }
}

TEST_P(Papers, areJudgedAlikeByReaderAndSchema) {
    const auto& paper = GetParam();
    std::string folder = ::testing::TempDir() + "/zegel-papers-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    std::vector<std::string> files;
    const auto lay = [&](const std::string& content) {
        files.push_back(folder + "/" + std::to_string(files.size()) + ".json");
        std::ofstream{files.back()} << content;
    };
    for (const auto& content : paper.good)
        lay(content);
    for (const auto& [content, complaint] : paper.bad)
        lay(content);
    const auto judged = zegel::testing::judgedBySchema(paper.schema, files);
    std::filesystem::remove_all(folder);
    ASSERT_EQ(judged.size(), files.size());
    for (std::size_t at = 0; at < judged.size(); ++at)
        EXPECT_EQ(judged[at] == "valid", at < paper.good.size()) << at << ": " << judged[at];
}

INSTANTIATE_TEST_SUITE_P(OfEveryKind, Papers,
                         ::testing::Values(testing::orderDecisions(), testing::readerDecisions(),
                                           testing::doubtVerdicts(), testing::receipts()));

}  // namespace
}  // namespace zegel::station
