#include "station/orders/reader_decision.h"

#include "tests/unit/orders/paper_corpus.h"

#include <gtest/gtest.h>

#include <sstream>

namespace zegel::station {
namespace {

const std::string Bind = R"({
  "decision": "D-1",
  "reader": "left/Zegel Virtual Card Reader 00 00",
  "act": "bind",
  "batch": "batch-7",
  "by": "O. Perator",
  "why": "it has the blanks of this customer"
})";

std::string with(const std::string& from, const std::string& to) {
    return testing::replaced(Bind, from, to);
}

const std::string Resume =
    with("\"act\": \"bind\",\n  \"batch\": \"batch-7\"", "\"act\": \"resume\"");

ReaderDecision read(const std::string& content) {
    std::istringstream in{content};
    return readReaderDecision(in, "r.json");
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

}  // namespace

testing::Paper testing::readerDecisions() {
    return {"decision",
            "D-1",
            "station/orders/reader_decision.schema.json",
            readReaderDecision,
            readReaderDecisionFile,
            {Bind, Resume},
            {{with("\"bind\"", "\"tie\""), "\"bind\", \"free\""},
             {with("\"bind\"", "\"free\""), "batch: stands beside the act \"bind\""},
             {with("\"batch\": \"batch-7\",", ""), "batch: stands beside the act \"bind\""},
             {with("\"by\": \"O. Perator\",", ""), "by: is missing"},
             {with("\"reader\"", "\"raeder\""), "raeder"},
             {with("O. Perator", ""), "by: "}}};
}

}  // namespace zegel::station
