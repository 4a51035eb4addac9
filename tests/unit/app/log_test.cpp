#include "station/app/log.h"

#include "station/api/request_in_hand.h"
#include "tests/full_disk.h"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <gtest/gtest.h>

#include <iterator>
#include <sstream>
#include <unistd.h>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;
using tests::FullDisk;

std::string contentOf(const fs::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(Log, goesOnWhenTheDiskHasRoomAgain) {
    const auto file =
        fs::temp_directory_path() / ("zegel-log-" + std::to_string(::getpid()) + ".log");
    {
        Log log{file};
        log.write("one");
        {
            const FullDisk full;
            log.write("two");  // what the buffer has no room for is lost
        }
        log.write("three");
    }
    const auto said = contentOf(file);
    fs::remove(file);
    EXPECT_NE(said.find("\"one\""), std::string::npos) << said;
    EXPECT_NE(said.find("\"three\""), std::string::npos) << said;
}

TEST(Log, isJsonALineWhateverOthersWrote) {
    const auto file =
        fs::temp_directory_path() / ("zegel-log-json-" + std::to_string(::getpid()) + ".log");
    std::ofstream{file} << "{\"at\":\"cut sho";
    {
        Log log{file};
        log.write("refused Zo\xC3\xAB's \"list\"\n\\: \xFF\xC3 \xED\xA0\x80", Log::Level::Warning);
        const RequestInHand inHand{"4711"};
        log.write("batch B1 accepted");
    }
    const auto text = contentOf(file);
    fs::remove(file);
    std::istringstream lines{text};
    std::vector<Poco::JSON::Object::Ptr> said;
    std::string cutShort;
    std::getline(lines, cutShort);
    for (std::string line; std::getline(lines, line);)
        said.push_back(Poco::JSON::Parser{}.parse(line).extract<Poco::JSON::Object::Ptr>());
    ASSERT_EQ(said.size(), 2U) << text;
    EXPECT_EQ(said[0]->getValue<std::string>("said"), "refused Zo\xC3\xAB's \"list\"?\\: ?? ???");
    EXPECT_EQ(said[0]->getValue<std::string>("level"), "warning");
    EXPECT_FALSE(said[0]->has("request"));
    EXPECT_EQ(said[1]->getValue<std::string>("said"), "batch B1 accepted");
    EXPECT_EQ(said[1]->getValue<std::string>("level"), "info");
    EXPECT_EQ(said[1]->getValue<std::string>("request"), "4711");
    EXPECT_EQ(said[1]->getValue<std::string>("at").size(), sizeof "2026-11-22T00:00:00Z" - 1);
}

}  // namespace
}  // namespace zegel::station
