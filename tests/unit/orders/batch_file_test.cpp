#include "station/orders/batch_file.h"

#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "station/orders/digested_source.h"
#include "tests/unit/orders/batch_corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace zegel::station {
namespace {

using testing::batchCases;
using testing::Fate;
using testing::goodBatch;
using testing::goodBatchWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::shippedProfiles;
using ::testing::SizeIs;

Batch read(const std::string& content, const BatchLimits& limits = {}) {
    std::istringstream in(content);
    return readBatch(in, "test.json", shippedProfiles(), limits);
}

std::string refusalOf(const std::string& content, const BatchLimits& limits = {}) {
    try {
        read(content, limits);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::OrderUnusable);
        return failure.what();
    }
    ADD_FAILURE() << "the batch was taken";
    return {};
}

/// The good order again, with another id.
std::string another(const std::string& id, const std::string& from = "\"A-1\"",
                    const std::string& to = "") {
    const std::string content = goodBatch();
    const std::size_t start = content.find("[{") + 1;
    std::string order = content.substr(start, content.rfind("}]") + 1 - start);
    order.replace(order.find(from), from.size(), to.empty() ? "\"" + id + "\"" : to);
    return order;
}

std::string batchOf(const std::vector<std::string>& orders) {
    std::string list;
    for (const auto& order : orders)
        list += (list.empty() ? "" : ",\n") + order;
    return "{\"batch\": \"batch-1\", \"count\": " + std::to_string(orders.size()) +
           ", \"orders\": [" + list + "]}";
}

TEST(BatchFile, readsEveryFieldOfAnOrder) {
    const Batch batch = read(goodBatch());
    EXPECT_EQ(batch.id.value(), "batch-1");
    ASSERT_THAT(batch.orders, SizeIs(1));
    const Order& order = batch.orders[0];
    EXPECT_EQ(order.id.value(), "A-1");
    EXPECT_EQ(order.batch.value(), "batch-1");
    EXPECT_EQ(order.profile, "group-card-p256");
    EXPECT_EQ(order.groupId, "archive");
    EXPECT_EQ(order.language, "nl");
    EXPECT_EQ(order.subject.country, "NL");
    EXPECT_EQ(order.subject.organisation, "Stichting Archive");
    EXPECT_EQ(order.subject.kvkNumber, "69599084");
    EXPECT_EQ(order.subject.group, "TRIAL Archive");
    EXPECT_FALSE(order.subject.oin.has_value());
    EXPECT_EQ(order.manager.name, "Jan Jansen");
    EXPECT_EQ(order.manager.organisation, "Stichting Archive");
    EXPECT_EQ(order.manager.email, "jan@archive.example");
    EXPECT_THAT(order.manager.street, ::testing::ElementsAre("Voorstraat 1"));
    EXPECT_EQ(order.manager.postcode, "1234 AB");
    EXPECT_EQ(order.manager.town, "Almelo");
    EXPECT_EQ(order.manager.country, "NL");
}

TEST(BatchFile, doesWithEveryCaseOfTheCorpusWhatIsWritten) {
    for (const auto& one : batchCases()) {
        SCOPED_TRACE(one.name);
        if (one.fate == Fate::BatchRefused) {
            EXPECT_THAT(refusalOf(one.content), HasSubstr(one.expected));
            continue;
        }
        const Batch batch = read(one.content);
        EXPECT_EQ(batch.refused.empty(), one.fate == Fate::Taken);
        if (one.fate == Fate::Taken) {
            EXPECT_THAT(batch.orders, SizeIs(1));
            for (const auto& refused : batch.refused)
                ADD_FAILURE() << refused.reason;
        } else if (!batch.refused.empty()) {
            EXPECT_THAT(batch.refused[0].reason, HasSubstr(one.expected));
            EXPECT_THAT(batch.refused[0].reason, HasSubstr("batch batch-1, order "));
        }
    }
}

TEST(BatchFile, keepsTextExactlyAsItWasWrittenWhereTheLetterCanPrintIt) {
    auto profiles = shippedProfiles();
    profiles.at("group-card-p256").letterCharacters = {{0x20, 0xFFFF}, {0x1F600, 0x1F600}};
    const auto groupOf = [&](const std::string& written) {
        std::istringstream in(goodBatchWith("TRIAL Archive", written));
        return readBatch(in, "test.json", profiles).orders.at(0).subject.group;
    };
    const std::string name = "TRIAL Cafe\xCC\x81 Βιβλιοθήκη 檔案館";
    EXPECT_EQ(groupOf(name), name);
    EXPECT_EQ(groupOf("TRIAL \\u00e9\\ud83d\\ude00"), "TRIAL é😀");
}

TEST(BatchFile, writesAPostcodeInItsOneForm) {
    EXPECT_EQ(read(goodBatchWith("1234 AB", "1234ab")).orders.at(0).manager.postcode, "1234 AB");
}

TEST(BatchFile, refusesOneOrderAndTakesItsNeighbours) {
    const Batch batch =
        read(batchOf({another("A-1"), another("A-2", "\"nl\"", "\"fr\""), another("A-3")}));
    ASSERT_THAT(batch.orders, SizeIs(2));
    EXPECT_EQ(batch.orders[0].id.value(), "A-1");
    EXPECT_EQ(batch.orders[1].id.value(), "A-3");
    ASSERT_THAT(batch.refused, SizeIs(1));
    EXPECT_EQ(batch.refused[0].position, 2U);
    EXPECT_EQ(batch.refused[0].line, 22U);
}

TEST(BatchFile, tellsEverythingThatIsWrongWithAnOrderAtOnce) {
    std::string content = goodBatchWith("69599084", "123");
    content.replace(content.find("1234 AB"), 7, "12 AB");
    const Batch batch = read(content);
    ASSERT_THAT(batch.refused, SizeIs(1));
    EXPECT_EQ(batch.refused[0].id.value(), "A-1");
    EXPECT_THAT(batch.refused[0].reason, HasSubstr("line 10: subject.kvkNumber: "));
    EXPECT_THAT(batch.refused[0].reason, HasSubstr(" | line 19: manager.address.postcode: "));
}

TEST(BatchFile, refusesTheSecondOfTwoOrdersWithOneIdUnderItsPlace) {
    const Batch batch = read(batchOf({another("A-1"), another("A-2"), another("A-1")}));
    EXPECT_THAT(batch.orders, SizeIs(2));
    ASSERT_THAT(batch.refused, SizeIs(1));
    EXPECT_EQ(batch.refused[0].id.value(), "batch-1#3");
    EXPECT_THAT(batch.refused[0].reason, HasSubstr("\"A-1\" stands on line 1 already"));
}

TEST(BatchFile, refusesTwoSubjectsUnderOneGroupId) {
    const Batch batch =
        read(batchOf({another("A-1"), another("A-1", "\"TRIAL Archive\"", "\"TRIAL Library\"")}));
    ASSERT_THAT(batch.refused, SizeIs(1));
    EXPECT_THAT(batch.refused[0].reason,
                HasSubstr("groupId: \"archive\" names another subject than on line 1"));
}

TEST(BatchFile, readsABatchWhoseIdStandsBehindItsOrders) {
    const Batch batch =
        read("{\"orders\": [" + another("A-1") + ", 5], \"count\": 2, \"batch\": \"late\"}");
    EXPECT_EQ(batch.orders.at(0).batch.value(), "late");
    EXPECT_EQ(batch.refused.at(0).id.value(), "late#2");
}

TEST(BatchFile, namesTheLineWhereTheJsonBreaks) {
    EXPECT_THAT(refusalOf(goodBatchWith("\"order\": \"A-1\",", "\"order\": \"A-1\"")),
                HasSubstr("test.json, line 6: is not JSON in UTF-8"));
    EXPECT_THAT(refusalOf(goodBatch().substr(0, 200)), HasSubstr("test.json, line 9: "));
    EXPECT_THAT(refusalOf(""), HasSubstr("test.json, line 1: "));
    EXPECT_THAT(refusalOf(goodBatch() + "{}"), HasSubstr("test.json, line 26: "));
    EXPECT_THAT(refusalOf(goodBatchWith("\"nl\",", "\"nl\",}")), HasSubstr("is not JSON"));
    EXPECT_THAT(refusalOf("\xEF\xBB\xBF" + goodBatch()), HasSubstr("is not JSON in UTF-8"));
    EXPECT_THAT(refusalOf(goodBatchWith("\"count\": 1", "\"count\": 1e999")),
                HasSubstr("is not JSON"));
    EXPECT_THAT(refusalOf(std::string(100, '[')), HasSubstr("is not JSON"));
}

TEST(BatchFile, refusesOctetsThatAreNotUtf8) {
    EXPECT_THAT(refusalOf(goodBatchWith("Jan Jansen", "Jos\xE9")),
                HasSubstr("test.json, line 14: is not JSON in UTF-8"));
    EXPECT_THAT(refusalOf(goodBatchWith("Jan Jansen", "\xED\xA0\x80")), HasSubstr("line 14"));
    EXPECT_THAT(refusalOf(goodBatchWith("Jan Jansen", "\xC0\xAF")), HasSubstr("line 14"));
    EXPECT_THAT(refusalOf(goodBatchWith("Jan Jansen", "\\ud800")), HasSubstr("line 14"));
}

TEST(BatchFile, seesAnEscapedNulThatWouldCutAName) {
    EXPECT_THAT(refusalOf(goodBatchWith("\"order\"", "\"order\\u0000x\"")),
                HasSubstr("line 5: holds the character U+0000"));
    // An escaped backslash before "u0000" is no NUL.
    const Batch batch = read(goodBatchWith("Jan Jansen", "Jan \\\\u0000"));
    EXPECT_EQ(batch.orders.at(0).manager.name, "Jan \\u0000");
}

TEST(BatchFile, quotesNothingThatCouldDeceiveTheReaderOfAMessage) {
    const Batch batch = read(goodBatchWith("\"order\"", "\"\\u202Eevil\\u0007\": 1, \"order\""));
    EXPECT_THAT(batch.refused.at(0).reason, HasSubstr("(unreadable name): is not known here"));
    EXPECT_THAT(batch.refused.at(0).reason, Not(HasSubstr("evil")));
}

TEST(BatchFile, staysWithinItsLimits) {
    EXPECT_THAT(refusalOf(batchOf({another("A-1"), another("A-2")}), {.orders = 1}),
                HasSubstr("holds more than 1 orders; split it"));
    EXPECT_THAT(refusalOf(goodBatch(), {.octets = 300}), HasSubstr("is larger than 300 octets"));
    EXPECT_THAT(refusalOf(goodBatchWith("Jan Jansen", std::string(70'000, 'x'))),
                HasSubstr("one element is larger than 64 KiB"));
    EXPECT_THAT(refusalOf(goodBatchWith("\"A-1\"", "\"A-1\"" + std::string(70'000, ' '))),
                HasSubstr("one element is larger than 64 KiB"));
}

/// Where the blocks end that are read at once is nobody's business: it stands across such an end at
/// every place.
TEST(BatchFile, seesAnEscapedNulWhereverItStands) {
    constexpr std::size_t AtOnce = std::size_t{32} << 10U;
    const std::string content = goodBatchWith("Jan Jansen", "Jan\\u0000");
    const auto place = content.find("\\u0000");
    const auto above =
        std::count(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(place), '\n');
    for (std::size_t seen = 0; seen <= 7; ++seen) {
        const auto lines = AtOnce - place - seen;
        EXPECT_THAT(
            refusalOf(std::string(lines, '\n') + content),
            HasSubstr("line " + std::to_string(1 + lines + static_cast<std::size_t>(above)) +
                      ": holds the character U+0000"))
            << seen;
    }
}

TEST(BatchFile, namesTheRightLineFarIntoTheFile) {
    std::vector<std::string> orders;
    for (int i = 0; i < 300; ++i)  // several times what is read at once
        orders.push_back(another("A-" + std::to_string(i)));
    auto content = batchOf(orders);
    ASSERT_GT(content.size(), 100'000U);
    for (std::size_t at = content.find("Almelo"); at != content.npos;
         at = content.find("Almelo", at + 6)) {
        auto damaged = content;
        damaged.replace(at, 6, " ");
        const auto line = 1 + std::count(content.begin(),
                                         content.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        const Batch batch = read(damaged);
        ASSERT_THAT(batch.refused, SizeIs(1));
        EXPECT_THAT(batch.refused[0].reason,
                    HasSubstr("line " + std::to_string(line) + ": manager.address.town"));
        at += content.size() / 7;
    }
}

TEST(BatchFile, isTakenWhenItIsExactlyAsLargeAsItMayBe) {
    const auto content = goodBatch() + std::string(50'000, ' ');  // more than is read at once
    EXPECT_THAT(read(content, {.octets = content.size()}).orders, SizeIs(1));
    EXPECT_THAT(refusalOf(content, {.octets = content.size() - 1}), HasSubstr("is larger than"));
    const auto order = another("A-1");
    const auto start = content.find(order);  // the text before it counts with the first element
    EXPECT_THAT(
        read(content.substr(0, content.rfind('}') + 1), {.orderOctets = start + order.size()})
            .orders,
        SizeIs(1));
    EXPECT_THAT(refusalOf(content, {.orderOctets = start + order.size() - 1}),
                HasSubstr("one element is larger"));
}

TEST(BatchFile, readsManyOrdersWithoutKeepingTheirJson) {
    std::vector<std::string> orders;
    for (int i = 0; i < 2'000; ++i)
        orders.push_back(another("A-" + std::to_string(i)));
    const Batch batch = read(batchOf(orders), {.orderOctets = 2'048});
    EXPECT_THAT(batch.orders, SizeIs(2'000));
    EXPECT_THAT(batch.refused, IsEmpty());
}

TEST(BatchFile, endsInAnOrderARefusalOrAFailureHoweverTheFileIsDamaged) {
    const std::string good = goodBatch();
    const std::string damages("\0\"\\{}[]:,\n\x80\xff 9", 15);
    std::size_t failures = 0;
    const auto tryOut = [&](const std::string& content) {
        try {
            const Batch batch = read(content);
            EXPECT_EQ(batch.orders.size() + batch.refused.size(), 1U) << content;
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::OrderUnusable);
            ++failures;
        }
    };
    for (std::size_t at = 0; at < good.size(); at += 3) {
        tryOut(good.substr(0, at));
        tryOut(std::string(good).erase(at, 1));
        for (const char damage : damages) {
            std::string damaged = good;
            damaged[at] = damage;
            tryOut(damaged);
        }
    }
    EXPECT_GT(failures, good.size() / 3);
}

TEST(BatchFile, aFolderIsNamedAsItWasSaid) {
    const auto folder = (std::filesystem::temp_directory_path() / "").string();
    try {
        readBatchFile(folder, shippedProfiles());
        FAIL() << "a folder was read";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::OrderUnusable);
        EXPECT_THAT(failure.what(), HasSubstr(folder + ": is a folder"));
    }
}

TEST(BatchFile, isDigestedAsItIsRead) {
    std::vector<std::string> orders;
    for (int i = 0; i < 500; ++i)  // several times what is read at once
        orders.push_back(another("A-" + std::to_string(i)));
    const auto content = batchOf(orders) + std::string(3'000, ' ') + "\n";
    ASSERT_GT(content.size(), 200'000U);
    auto pattern = (std::filesystem::temp_directory_path() / "zegel-digest-XXXXXX").string();
    const std::filesystem::path folder = ::mkdtemp(pattern.data());
    const auto file = folder / "batch.json";
    std::ofstream(file, std::ios::binary) << content;
    const Batch batch = readBatchFile(file.string(), shippedProfiles());
    std::filesystem::remove_all(folder);
    EXPECT_THAT(batch.orders, SizeIs(500));
    Bytes digest(32);
    EVP_Digest(content.data(), content.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    EXPECT_EQ(batch.digest, toHex(digest));
}

/// Octets that can be read once only, a few at a time, as from a file that is replaced meanwhile.
class ReadOnce final : public std::streambuf {
public:
    explicit ReadOnce(std::string content) : content_(std::move(content)) {}

protected:
    std::streamsize xsgetn(char* out, std::streamsize count) override {
        const auto some =
            std::min({static_cast<std::size_t>(count), content_.size() - at_, std::size_t{1000}});
        std::copy_n(content_.data() + at_, some, out);
        at_ += some;
        return static_cast<std::streamsize>(some);
    }

private:
    std::string content_;
    std::size_t at_ = 0;
};

TEST(DigestedSource, digestsWhatItsReaderGotAndTakesACharacterBack) {
    std::string content;
    for (int i = 0; i < 5'000; ++i)
        content += static_cast<char>('a' + i % 26);
    ReadOnce once(content);
    DigestedSource source(once);
    std::string got;
    for (int i = 0; i < 3'000; ++i) {
        const auto c = source.sbumpc();
        ASSERT_EQ(source.sungetc(), c) << i;
        ASSERT_EQ(source.sbumpc(), c) << i;
        got += static_cast<char>(c);
    }
    EXPECT_EQ(got, content.substr(0, 3'000));
    Bytes digest(32);
    EVP_Digest(content.data(), content.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    EXPECT_EQ(source.digest(), toHex(digest)) << "read on to the end";
}

TEST(BatchFile, namesAFileThatCannotBeRead) {
    EXPECT_THROW(readBatchFile("/nonexistent/batch.json", shippedProfiles()), Failure);
    EXPECT_THROW(readBatchFile("/tmp", shippedProfiles()), Failure);
}

}  // namespace
}  // namespace zegel::station
