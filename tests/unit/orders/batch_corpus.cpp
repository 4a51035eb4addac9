#include "tests/unit/orders/batch_corpus.h"

#include <gtest/gtest.h>

namespace zegel::station::testing {
namespace {

std::string replaced(std::string content, const std::string& from, const std::string& to) {
    const std::size_t at = content.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return content.replace(at, from.size(), to);
}

std::string times(std::size_t count, const std::string& text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

BatchCase taken(const std::string& name, const std::string& from, const std::string& to) {
    return {name, goodBatchWith(from, to), Fate::Taken, true, ""};
}

BatchCase refused(const std::string& name, const std::string& from, const std::string& to,
                  const std::string& expected) {
    return {name, goodBatchWith(from, to), Fate::OrderRefused, true, expected};
}

BatchCase beyondSchema(const std::string& name, const std::string& from, const std::string& to,
                       const std::string& expected) {
    return {name, goodBatchWith(from, to), Fate::OrderRefused, false, expected};
}

BatchCase wholeRefused(const std::string& name, const std::string& from, const std::string& to,
                       const std::string& expected, bool schemaKnows = true) {
    return {name, goodBatchWith(from, to), Fate::BatchRefused, schemaKnows, expected};
}

std::string group(const std::string& name) {
    return "\"group\": \"" + name + "\"";
}

std::vector<BatchCase> takenCases() {
    const std::string given = group("TRIAL Archive");
    return {
        {"as it is", goodBatch(), Fate::Taken, true, ""},
        taken("Greek", given, group("TRIAL Βιβλιοθήκη Αθηνών")),
        taken("Cyrillic", given, group("TRIAL Архів міста")),
        taken("Arabic", given, group("TRIAL أرشيف")),
        taken("Hebrew", given, group("TRIAL ארכיון")),
        taken("a decomposed letter", given, group("TRIAL Cafe\xCC\x81")),
        // RFC 5280 counts characters: 64 of three octets each are within the bound.
        taken("64 characters of 3 octets", given, group("TRIAL " + times(58, "ẞ"))),
        taken("postcode without its space", "1234 AB", "1234AB"),
        taken("postcode in small letters", "1234 AB", "1234 ab"),
        taken("no e-mail", "\"email\": \"jan@archive.example\",\n", ""),
        taken("no organisation in the address",
              "\"organisation\": \"Stichting Archive\",\n        \"email\"", "\"email\""),
        taken("a government number", "\"kvkNumber\"",
              "\"oin\": \"00000099123456789000\", \"kvkNumber\""),
        taken("abroad without a postcode",
              "\"postcode\": \"1234 AB\",\n          \"town\": \"Almelo\",\n          \"country\": "
              "\"NL\"",
              "\"town\": \"Dublin\", \"country\": \"IE\""),
        taken("a named schema", "{", "{ \"$schema\": \"batch.schema.json\","),
        taken("three lines of street", "\"Voorstraat 1\"",
              "\"Room 2\", \"Tower\", \"Voorstraat 1\""),
    };
}

std::vector<BatchCase> refusedCases() {
    const std::string given = group("TRIAL Archive");
    return {
        refused("unknown field of the order", "\"order\"", "\"prioriteit\": 1, \"order\"",
                "line 5: prioriteit: is not known here; remove it"),
        refused("unknown field of the subject", "\"kvkNumber\"", "\"ou\": \"x\", \"kvkNumber\"",
                "line 10: subject.ou: is not known here"),
        refused("missing field of the order", "\"groupId\": \"archive\",", "",
                "groupId: is missing; fill it in"),
        refused("missing subject field", given, "\"oin\": \"00000099123456789000\"",
                "line 8: subject.group: is missing"),
        refused("order without an id", "\"order\": \"A-1\",", "",
                "order batch-1#1, line 4: order: is missing"),
        refused("id with a slash", "\"A-1\"", "\"../A-1\"",
                "order: \"../A-1\" does not have its form"),
        refused("id that is a number", "\"A-1\"", "17", "order: is a number; write text"),
        refused("null", "\"archive\"", "null", "groupId: is null; write text between quotes"),
        refused("empty text", "\"archive\"", "\"\"", "groupId: is empty; fill it in"),
        refused("an order that is no object", "\"count\": 1,\n  \"orders\": [",
                "\"count\": 2, \"orders\": [ 7,", "order: is a number"),
        refused("subject that is a text", "\"subject\": {", "\"subject\": \"x\", \"manager\": {",
                "subject: is text; write an object"),
        refused("language with a region", "\"nl\"", "\"nl-NL\"", "language: has 5 characters"),
        refused("65 characters", given, group("TRIAL " + times(59, "ä")),
                "subject.group: has 65 characters; shorten it to 64"),
        refused("KvK number of seven digits", "69599084", "6959908",
                "subject.kvkNumber: \"6959908\" does not have its form; write its eight digits"),
        refused("KvK number with a letter", "69599084", "6959908O", "subject.kvkNumber: "),
        refused("KvK number as a number", "\"69599084\"", "69599084",
                "subject.kvkNumber: is a number; write text between quotes"),
        refused("OIN that ends wrongly", "\"kvkNumber\"",
                "\"oin\": \"00000099123456789001\", \"kvkNumber\"", "subject.oin: "),
        refused("OIN of nineteen digits", "\"kvkNumber\"",
                "\"oin\": \"0000009912345678000\", \"kvkNumber\"", "subject.oin: "),
        refused("country that is none", "\"country\": \"NL\"", "\"country\": \"UK\"",
                "subject.country: \"UK\" does not have its form"),
        refused("country in small letters", "\"country\": \"NL\"", "\"country\": \"nl\"",
                "subject.country: "),
        refused("manager without an address", "\"address\"", "\"adress\"",
                "manager.address: is missing; the letter needs one"),
        refused("address without a street", "\"street\": [\"Voorstraat 1\"],", "",
                "manager.address.street: is missing"),
        refused("no line of street", "[\"Voorstraat 1\"]", "[]", "street: has 0 entries"),
        refused("four lines of street", "[\"Voorstraat 1\"]", "[\"a\", \"b\", \"c\", \"d\"]",
                "street: has 4 entries; write a list of 1 to 3 texts"),
        refused("street as a text", "[\"Voorstraat 1\"]", "\"Voorstraat 1\"",
                "manager.address.street: is text; write a list"),
        refused("Dutch address without a postcode", "\"postcode\": \"1234 AB\",", "",
                "manager.address.postcode: is missing"),
        refused("postcode that starts with 0", "1234 AB", "0123 AB",
                "manager.address.postcode: \"0123 AB\" is no Dutch postcode"),
        refused("postcode with letters not given out", "1234 AB", "1234 SS", "no Dutch postcode"),
        refused("postcode with a hyphen", "1234 AB", "1234-AB", "no Dutch postcode"),
        refused("e-mail without a domain", "jan@archive.example", "jan", "manager.email: "),
        refused("a line feed", given, group("TRIAL Arch\\nive"),
                "subject.group: holds U+000A, a control character"),
        refused("a right-to-left override", given, group("TRIAL \\u202Eevihcra"),
                "subject.group: holds U+202E, a character that turns the direction of writing"),
        refused("an isolate in a name", "Jan Jansen", "Jan\\u2066 Jansen",
                "manager.name: holds U+2066"),
        refused("a zero-width space", given, group("TRIAL Arch\xE2\x80\x8Bive"),
                "holds U+200B, an invisible character"),
        refused("a no-break space", given,
                group("TRIAL\xC2\xA0"
                      "Archive"),
                "holds U+00A0, a space of another width"),
        refused("a lost letter", given, group("TRIAL Arch\xEF\xBF\xBDve"),
                "holds U+FFFD, the sign of a letter that was lost"),
        refused("a tag character", given, group("TRIAL Archive\xF3\xA0\x81\x81"), "holds U+E0041"),
        refused("a space at the end", given, group("TRIAL Archive "),
                "starts or ends with a space"),
        refused("two spaces", given, group("TRIAL  Archive"), "two spaces in a row"),
    };
}

std::vector<BatchCase> beyondCases() {
    const std::string given = group("TRIAL Archive");
    return {
        beyondSchema(
            "unknown profile", "\"group-card-p256\"", "\"gold-card\"",
            "line 6: profile: \"gold-card\" is not known here; choose from group-card-p256"),
        beyondSchema("language that is not offered", "\"nl\"", "\"fr\"",
                     "language: \"fr\" is not known here; choose from nl, en"),
        beyondSchema("subject without the profile's prefix", given, group("Archive"),
                     "subject.group: does not start with \"TRIAL \" as profile group-card-p256"),
        beyondSchema("no KvK number where the profile wants one", "\"kvkNumber\": \"69599084\",",
                     "", "subject.kvkNumber: is missing and profile group-card-p256 wants it"),
        beyondSchema("a group that no letter can print", given, group("TRIAL 檔案館"),
                     "line 11: subject.group: holds \"檔\" (U+6A94), which the letter of its "
                     "profile cannot print; write it otherwise"),
        beyondSchema("a manager that no letter can print", "Jan Jansen", "अभिलेखागार",
                     "manager.name: holds \"अ\" (U+0905), which the letter"),
        beyondSchema("a street beyond the BMP", "[\"Voorstraat 1\"]",
                     "[\"Tower\", \"\\ud835\\udd4f\"]",
                     "manager.address.street: holds \"𝕏\" (U+1D54F), which"),
        beyondSchema("a town that no letter can print", "\"Almelo\"", "\"東京\"",
                     "manager.address.town: holds \"東\" (U+6771), which"),
        beyondSchema("a name twice in an order", "\"groupId\"", "\"groupId\": \"x\", \"groupId\"",
                     "line 7: groupId: stands here twice"),
        beyondSchema(
            "an address of seven lines",
            "\"street\": [\"Voorstraat 1\"],\n          \"postcode\": \"1234 AB\",\n          "
            "\"town\": \"Almelo\",\n          \"country\": \"NL\"",
            "\"street\": [\"a\", \"b\", \"c\"], \"town\": \"Gent\", \"country\": \"BE\"",
            "manager.address: the address of Jan Jansen takes 7 lines"),
        beyondSchema("six lines of an address, of which one takes two on paper", "\"Voorstraat 1\"",
                     "\"a\", \"b\", \"STICHTING SAMENWERKENDE WOONCORPORATIES NOORD-OOST\"",
                     "manager.address: may take 7 lines"),
    };
}

std::vector<BatchCase> wholeCases() {
    return {
        wholeRefused("no batch id", "\"batch\": \"batch-1\",", "", "batch: is missing"),
        wholeRefused("batch id that leaves the folder", "\"batch-1\"", "\"../../etc\"",
                     "batch: \"../../etc\" does not have its form"),
        wholeRefused("unknown field of the batch", "\"count\"", "\"haast\": true, \"count\"",
                     "line 3: haast: is not known here"),
        wholeRefused("no count", "\"count\": 1,", "", "count: is missing"),
        wholeRefused("count that is text", "\"count\": 1", "\"count\": \"1\"",
                     "count: is no count"),
        wholeRefused("count with a fraction", "\"count\": 1", "\"count\": 1.5",
                     "count: is no count"),
        wholeRefused("negative count", "\"count\": 1", "\"count\": -1", "count: is no count"),
        wholeRefused("count that does not match", "\"count\": 1", "\"count\": 2",
                     "line 3: count: says 2 and there are 1 orders", false),
        wholeRefused("a name twice in the batch", "\"count\": 1", "\"count\": 1, \"count\": 1",
                     "line 3: count: stands here twice", false),
        {"no orders", R"({"batch": "b", "count": 0, "orders": []})", Fate::BatchRefused, true,
         "orders: is empty"},
        {"orders that are no list", R"({"batch": "b", "count": 1, "orders": {}})",
         Fate::BatchRefused, true, "orders: is an object; write a list of orders"},
        {"no orders at all", R"({"batch": "b", "count": 1})", Fate::BatchRefused, true,
         "orders: is missing"},
        {"a list instead of a batch", "[]", Fate::BatchRefused, true, "is not an object"},
        {"a text instead of a batch", "\"orders\"", Fate::BatchRefused, true, "is not an object"},
    };
}

}  // namespace

std::string goodBatch() {
    return R"({
  "batch": "batch-1",
  "count": 1,
  "orders": [{
      "order": "A-1",
      "profile": "group-card-p256",
      "groupId": "archive", "language": "nl",
      "subject": {
        "country": "NL", "organisation": "Stichting Archive",
        "kvkNumber": "69599084",
        "group": "TRIAL Archive"
      },
      "manager": {
        "name": "Jan Jansen",
        "organisation": "Stichting Archive",
        "email": "jan@archive.example",
        "address": {
          "street": ["Voorstraat 1"],
          "postcode": "1234 AB",
          "town": "Almelo",
          "country": "NL"
        }
      }
  }]
}
)";
}

std::string goodBatchWith(const std::string& from, const std::string& to) {
    return replaced(goodBatch(), from, to);
}

const std::vector<BatchCase>& batchCases() {
    static const std::vector<BatchCase> All = [] {
        std::vector<BatchCase> all = takenCases();
        for (const auto& part : {refusedCases(), beyondCases(), wholeCases()}) {
            all.insert(all.end(), part.begin(), part.end());
        }
        return all;
    }();
    return All;
}

const cardprofiles::Profiles& shippedProfiles() {
    static const auto All = cardprofiles::readProfiles(ZEGEL_SOURCE_DIR "/cardprofiles");
    return All;
}

}  // namespace zegel::station::testing
