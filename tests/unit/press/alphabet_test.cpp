#include "tests/unit/press/made_letter.h"
#include "tests/unit/press/read_back.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace zegel::press {
namespace {

struct Alphabet {
    const char* tongue;
    const char* letters;  ///< beyond those of ASCII, in words that fit one line
};

// The exemplar letters of Unicode's CLDR, small ones and capitals.
const std::vector<Alphabet> Alphabets{
    {"Albanian", "çë ÇË"},
    {"Armenian", "աբգդեզէըթժիլխծկհձղճմյն շոչպջռսվտրցւփքօֆ"},
    {"Azerbaijani", "çəğıöşü ÇƏĞİÖŞÜ"},
    {"Belarusian", "абвгдеёжзійклмнопрст уўфхцчшыьэюя ЎІ"},
    {"Bulgarian", "абвгдежзийклмнопрст уфхцчшщъьюя ЩЪЬЮЯ"},
    {"Catalan", "àçèéíïŀòóúü ÀÇÈÉÍÏĿÒÓÚÜ"},
    {"Croatian, Bosnian", "čćđšžǆǉǌ ČĆĐŠŽǄǇǊ"},
    {"Czech", "áčďéěíňóřšťúůýž ÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ"},
    {"Danish, Norwegian", "æøåéó ÆØÅÉÓ"},
    {"Dutch", "áäéëíĳïóöúü ÁÄÉËÍĲÏÓÖÚÜ"},
    {"Estonian", "äõöüšž ÄÕÖÜŠŽ"},
    {"Faroese, Icelandic", "áðéíóúýþæöø ÁÐÉÍÓÚÝÞÆÖØ"},
    {"French", "àâæçéèêëîïôœùûüÿ ÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ"},
    {"Georgian", "აბგდევზთიკლმნოპჟრს ტუფქღყშჩცძწჭხჯჰ"},
    {"German", "äöüß ÄÖÜẞ"},
    {"Greek", "αάβγδεέζηήθιίϊΐκλμν ξοόπρσςτυύϋΰφχψωώ"},
    {"Greek capitals", "ΑΆΒΓΔΕΈΖΗΉΘΙΊΪΚΛΜΝΞ ΟΌΠΡΣΤΥΎΫΦΧΨΩΏ"},
    {"Hungarian", "áéíóöőúüű ÁÉÍÓÖŐÚÜŰ"},
    {"Irish, traditional", "áéíóúḃċḋḟġṁṗṡṫ ÁÉÍÓÚḂĊḊḞĠṀṖṠṪ"},
    {"Italian", "àèéìîòóù ÀÈÉÌÎÒÓÙ"},
    {"Latvian", "āčēģīķļņŗšūž ĀČĒĢĪĶĻŅŖŠŪŽ"},
    {"Lithuanian", "ąčęėįšųūž ĄČĘĖĮŠŲŪŽ"},
    {"Livonian", "ǟȭȯȱō ǞȬȮȰŌ"},
    {"Luxembourgish", "äéë ÄÉË"},
    {"Macedonian", "абвгдѓежзѕијклљмнњо прстќуфхцчџшѐѝ ЃЅЈЉЊЌЏ"},
    {"Maltese", "ċġħż ĊĠĦŻ"},
    {"Polish", "ąćęłńóśźż ĄĆĘŁŃÓŚŹŻ"},
    {"Portuguese", "áâãàçéêíóôõú ÁÂÃÀÇÉÊÍÓÔÕÚ"},
    {"Romanian", "ăâîșțşţ ĂÂÎȘȚŞŢ"},
    {"Russian", "абвгдеёжзийклмнопрс туфхцчшщъыьэюя ЁЫЭ"},
    {"Sami", "áčđŋšŧžǥǧǩʒǯ ÁČĐŊŠŦŽǤǦǨƷǮ"},
    {"Serbian", "абвгдђежзијклљмнњо прстћуфхцчџш ЂЋЏ"},
    {"Slovak", "áäčďéíĺľňóôŕšťúýž ÁÄČĎÉÍĹĽŇÓÔŔŠŤÚÝŽ"},
    {"Slovene", "čšž ČŠŽ"},
    {"Sorbian", "ćčěłńóřŕšśžź ĆČĚŁŃÓŘŔŠŚŽŹ"},
    {"Spanish", "áéíñóúü¿¡ªº ÁÉÍÑÓÚÜ"},
    {"Swedish, Finnish", "åäöéšž ÅÄÖÉŠŽ"},
    {"Turkish", "âçğıîöşüû ÂÇĞİÎÖŞÜÛ"},
    {"Ukrainian", "абвгґдеєжзиіїйклмн опрстуфхцчшщьюяʼ ҐЄІЇ"},
    {"Welsh", "âêîôûŵŷẁẃẅỳýÿ ÂÊÎÔÛŴŶẀẂẄỲÝŸ"},
};

class EveryAlphabet : public testing::TestWithParam<const char*> {};

/// One PDF with a page a tongue: nothing is replaced, nothing is left out.
TEST_P(EveryAlphabet, standsOnPaperAsItWasWritten) {
    const std::string field = GetParam();
    std::vector<OpenedLetter> letters;
    for (const auto& alphabet : Alphabets) {
        letters.push_back(tests::opened([&](auto& letter, auto&) {
            if (field == "address") letter.address[1] = alphabet.letters;
            if (field == "organisation") letter.organisation = alphabet.letters;
        }));
    }
    const auto text = tests::ReadBack{tests::printed(letters)}.text();
    for (const auto& alphabet : Alphabets) {
        std::istringstream words{alphabet.letters};  // a long one may take two lines
        for (std::string word; words >> word;) {
            EXPECT_NE(text.find(word), std::string::npos) << alphabet.tongue << ": " << word;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(OnALetter, EveryAlphabet, testing::Values("address", "organisation"),
                         [](const auto& about) { return std::string{about.param}; });

}  // namespace
}  // namespace zegel::press
