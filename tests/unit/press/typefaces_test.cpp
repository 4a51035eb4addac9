#include "pinmailer/press/typefaces.h"

#include "cardprofiles/letter_characters.h"
#include "drivers/base/failure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fontconfig/fontconfig.h>
#include <string>
#include <vector>

namespace zegel::press {
namespace {

using testing::ExitedWithCode;

/// Of every typeface that Fontconfig has in use.
std::vector<std::string> filesInUse() {
    const auto* fonts = FcConfigGetFonts(nullptr, FcSetSystem);
    std::vector<std::string> files;
    for (int at = 0; fonts != nullptr && at < fonts->nfont; ++at) {
        FcChar8* file = nullptr;
        FcPatternGetString(fonts->fonts[at], FC_FILE, 0, &file);
        files.emplace_back(reinterpret_cast<const char*>(file));
    }
    return files;
}

/// In a process of its own: what one has in use stays until it ends.
class Typefaces : public testing::Test {
protected:
    void SetUp() override {
        GTEST_FLAG_SET(death_test_style, "threadsafe");
        ::unsetenv("FONTCONFIG_FILE");
    }
};

TEST_F(Typefaces, ofTheShippedTemplatesAreReadFromTheirOwnFolders) {
    const auto only = [] {
        prepareTypefaces({"Open Sans", "DejaVu Sans", "DejaVu Sans Mono"}, "letter.svg");
        for (const auto& file : filesInUse()) {
            if (!file.starts_with("/usr/share/fonts/truetype/open-sans/") &&
                !file.starts_with("/usr/share/fonts/truetype/dejavu/")) {
                std::exit(1);
            }
        }
        std::exit(filesInUse().empty() ? 2 : 0);
    };
    EXPECT_EXIT(only(), ExitedWithCode(0), "");
}

TEST_F(Typefaces, thatAreNotThereAreLookedForEverywhereAndThenNamed) {
    const auto all = [] {
        prepareTypefaces({"Open Sans"}, "letter.svg");
        const auto few = FcConfigGetCurrent();
        try {
            prepareTypefaces({"Open Sans", "No Such Typeface"}, "letter.svg");
        } catch (const Failure& failure) {
            const std::string why{failure.what()};
            prepareTypefaces({"Open Sans"}, "letter.svg");
            const bool named =
                why == "letter.svg: the typeface \"No Such Typeface\" is not installed here";
            std::exit(named && FcConfigGetCurrent() != few ? 0 : 1);
        }
        std::exit(2);
    };
    EXPECT_EXIT(all(), ExitedWithCode(0), "");
}

/// What a face of two families has of all characters, the second where the first has none.
bool have(const std::vector<FcPattern*>& faces, FcChar32 character) {
    return std::ranges::any_of(faces, [&](FcPattern* face) {
        FcCharSet* characters = nullptr;
        return FcPatternGetCharSet(face, FC_CHARSET, 0, &characters) == FcResultMatch &&
               FcCharSetHasChar(characters, character) == FcTrue;
    });
}

std::vector<FcPattern*> facesOf(int weight) {
    std::vector<FcPattern*> faces;
    for (const char* family : {"Open Sans", "DejaVu Sans"}) {
        FcPattern* wanted = FcPatternBuild(nullptr, FC_FAMILY, FcTypeString, family, FC_WEIGHT,
                                           FcTypeInteger, weight, nullptr);
        FcConfigSubstitute(nullptr, wanted, FcMatchPattern);
        FcDefaultSubstitute(wanted);
        FcResult result = FcResultNoMatch;
        faces.push_back(FcFontMatch(nullptr, wanted, &result));
        FcPatternDestroy(wanted);
    }
    return faces;
}

TEST_F(Typefaces, ofTheShippedTemplatesPrintWhatTheStationTakesForThem) {
    const auto all = [] {
        prepareTypefaces({"Open Sans", "DejaVu Sans"}, "letter.svg");
        for (const int weight : {FC_WEIGHT_REGULAR, FC_WEIGHT_DEMIBOLD}) {
            const auto faces = facesOf(weight);
            for (const auto& [first, last] : cardprofiles::shippedLetterCharacters())
                for (auto each = first; each <= last; ++each)
                    if (!have(faces, each)) {
                        std::fprintf(stderr, "lacks U+%04X", static_cast<unsigned>(each));
                        std::exit(1);
                    }
        }
        std::exit(have(facesOf(FC_WEIGHT_REGULAR), 0x6A94) ? 2 : 0);
    };
    EXPECT_EXIT(all(), ExitedWithCode(0), "");
}

}  // namespace
}  // namespace zegel::press
