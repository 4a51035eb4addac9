#include "station/orders/receipt.h"

#include "tests/unit/orders/paper_corpus.h"

#include <gtest/gtest.h>

#include <sstream>

namespace zegel::station {
namespace {

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

std::string with(const std::string& from, const std::string& to) {
    return testing::replaced(Good, from, to);
}

TEST(ReceiptFile, readsEveryField) {
    const Receipt receipt = read(Good);
    EXPECT_EQ(receipt.id, "R-2026-17");
    EXPECT_EQ(receipt.name, "TRIAL Coördinatie Zorgketen");
    EXPECT_EQ(receipt.number, "zg 2026 000123 02");
    EXPECT_EQ(receipt.by, "Zoë van ’t Hof");
    EXPECT_EQ(toRfc3339(receipt.at), "2026-11-21T09:30:00Z");
}

TEST(ReceiptFile, forgivesAnySpacesOfANameAndANumber) {
    const Receipt receipt =
        read(testing::replaced(with("TRIAL Coördinatie", " TRIAL \\t Coördinatie\xC2\xA0 "),
                               "zg 2026", "  zg\u00a02026 "));
    EXPECT_EQ(receipt.name, "TRIAL Coördinatie Zorgketen");
    EXPECT_EQ(receipt.number, "zg 2026 000123 02");
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

testing::Paper testing::receipts() {
    return {"receipt",
            "R-2026-17",
            "station/orders/receipt.schema.json",
            readReceipt,
            readReceiptFile,
            {Good, with("zg 2026", "0a:1b"), with("+01:00", ".5Z"),
             with("{", "{ \"$schema\": \"receipt.schema.json\",")},
            {{with("\"by\"", "\"from\""),
              "p.json (receipt R-2026-17), line 5: from: is not known here"},
             {with("{", "{ \"order\": \"A-1\","), "order: is not known here"},
             {with("+01:00", ""), "at: "},
             {with("2026-11-21T10:30:00+01:00", "21-11-2026"),
              "at: \"21-11-2026\" does not have its form; write a moment"},
             {with("R-2026-17", "R/17"), "receipt: \"R/17\" does not have its form"},
             {with("\"zg 2026 000123 02\"", "202600012302"),
              "line 4: number: is a number; write text between quotes"},
             {with("zg 2026 000123 02", ""), "number: "},
             {with("Zoë", std::string(129, 'x')), "by: "}},
            {{with("\"name\"", "\"name\": \"x\", \"name\""), "line 3: name: stands here twice"},
             {with("Zoë", "Zo\\u202E"), "line 5: by: holds U+202E"}}};
}

}  // namespace zegel::station
