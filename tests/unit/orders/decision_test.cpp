#include "station/orders/decision.h"

#include "tests/unit/orders/paper_corpus.h"

#include <gtest/gtest.h>

#include <sstream>

namespace zegel::station {
namespace {

const std::string Hold = R"({
  "decision": "D-1",
  "order": "ORD-7",
  "act": "hold",
  "by": "O. Perator",
  "why": "the customer asked for it"
})";

std::string with(const std::string& from, const std::string& to) {
    return testing::replaced(Hold, from, to);
}

Decision read(const std::string& content) {
    std::istringstream in{content};
    return readDecision(in, "d.json");
}

TEST(Decision, isRead) {
    const auto hold = read(Hold);
    EXPECT_EQ(hold.id, "D-1");
    EXPECT_EQ(hold.order, OrderId{"ORD-7"});
    EXPECT_EQ(hold.act, Decision::Act::Hold);
    EXPECT_EQ(hold.by, "O. Perator");
    EXPECT_EQ(hold.why, "the customer asked for it");
    EXPECT_EQ(read(with("\"hold\"", "\"release\"")).act, Decision::Act::Release);
    EXPECT_EQ(read(with("\"hold\"", "\"cancel\"")).act, Decision::Act::Cancel);
    EXPECT_EQ(read(with("\"hold\"", "\"reject\"")).act, Decision::Act::Reject);
}

const std::string OfBatch = with("\"order\": \"ORD-7\"", "\"batch\": \"B-7\"");

TEST(Decision, mayBeForAllOfABatch) {
    const auto hold = read(OfBatch);
    EXPECT_EQ(hold.batch, BatchId{"B-7"});
    EXPECT_EQ(hold.order, OrderId{});
    EXPECT_FALSE(read(Hold).batch);
}

}  // namespace

testing::Paper testing::orderDecisions() {
    return {"decision",
            "D-1",
            "station/orders/decision.schema.json",
            readDecision,
            readDecisionFile,
            {Hold, with("\"hold\"", "\"release\""), with("\"hold\"", "\"cancel\""),
             with("\"hold\"", "\"reject\""), with("{", "{ \"$schema\": \"decision.schema.json\","),
             OfBatch},
            {{with("\"hold\"", "\"burn\""), "\"hold\", \"release\", \"cancel\" or \"reject\""},
             {with("ORD-7", "ORD/7"), "order: \"ORD/7\" does not have its form"},
             {with("\"order\": \"ORD-7\",", ""), "order: is missing; name one, or a batch"},
             {with("\"act\"", "\"batch\": \"B-7\", \"act\""), "batch: stands beside an order"},
             {testing::replaced(OfBatch, "\"hold\"", "\"reject\""), "\"reject\" is for an order"},
             {with("\"by\": \"O. Perator\",", ""), "by: is missing"},
             {with("O. Perator", std::string(129, 'x')), "by: "},
             {with("the customer asked for it", ""), "why: "},
             {with("\"order\"", "\"oder\""), "oder: is not known here"}}};
}

}  // namespace zegel::station
