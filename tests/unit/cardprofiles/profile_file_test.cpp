#include "cardprofiles/profile_file.h"

#include "drivers/base/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace zegel::cardprofiles {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// A shipped profile with one thing changed, in a folder of its own.
class ProfileFile : public testing::Test {
protected:
    ProfileFile() {
        std::string pattern = testing::TempDir() + "/zegel-profile-XXXXXX";
        folder_ = mkdtemp(pattern.data());
    }
    ~ProfileFile() override { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& content, const std::string& name = "changed.toml") {
        const std::string path = folder_ + "/" + name;
        std::ofstream(path) << content;
        return path;
    }

    static std::string shipped(const std::string& name = "group-card-p256") {
        std::ifstream in(ZEGEL_SOURCE_DIR "/cardprofiles/" + name + ".toml");
        std::stringstream content;
        content << in.rdbuf();
        return content.str();
    }

    /// The first occurrence of `from` behind `after` replaced by `to`.
    static std::string changed(const std::string& from, const std::string& to,
                               const std::string& after = "",
                               const std::string& name = "group-card-p256") {
        std::string content = shipped(name);
        const std::size_t start = content.find(after);
        EXPECT_NE(start, std::string::npos) << after;
        const std::size_t at = content.find(from, start);
        EXPECT_NE(at, std::string::npos) << from;
        content.replace(at, from.size(), to);
        return content;
    }

    std::string refusalOf(const std::string& content, const std::string& name = "changed.toml") {
        try {
            readProfile(write(content, name));
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
            return failure.what();
        }
        ADD_FAILURE() << "the profile was taken";
        return {};
    }

    std::string folder_;
};

TEST_F(ProfileFile, readsAProfileWhole) {
    const Profile profile = readProfile(write(shipped(), "my-card.toml"));
    EXPECT_EQ(profile.name, "my-card");
    EXPECT_EQ(profile.title, "Group smart card, P-256");
    EXPECT_EQ(profile.carrier, Carrier::SmartCard);
    EXPECT_EQ(profile.pin.digits, 6);
    EXPECT_EQ(profile.pin.tries, 3);
    ASSERT_TRUE(profile.puk.has_value());
    EXPECT_EQ(profile.puk->digits, 8);
    EXPECT_EQ(profile.revocation.symbols, 12);
    EXPECT_EQ(profile.subject.commonNamePrefix, "TRIAL ");
    EXPECT_TRUE(profile.subject.oinAllowed);
    EXPECT_EQ(profile.letter, "pin-letter");
    EXPECT_EQ(profile.keys[2].certificate.authorityProfile, "legal-person-confidentiality");
    EXPECT_EQ(profile.keys[2].certificate.longestValidityDays, 1096);
}

TEST_F(ProfileFile, takesAProductWithoutAPuk) {
    const Profile profile = readProfile(write(changed("[puk]\ndigits = 8\ntries = 3\n", "")));
    EXPECT_FALSE(profile.puk.has_value());
}

TEST_F(ProfileFile, namesPlaceAndIntentionOfAnUnknownKey) {
    EXPECT_THAT(
        refusalOf(changed("digits = 6", "digts = 6")),
        AllOf(HasSubstr("changed.toml:18:1: pin.digts: "), HasSubstr("did you mean digits?")));
    EXPECT_THAT(refusalOf("colour = \"red\"\n" + shipped()),
                AllOf(HasSubstr("changed.toml:1:1: colour: "), HasSubstr("remove it")));
    EXPECT_THAT(
        refusalOf(changed("key_usage", "key_use", "purpose = \"authentication\"")),
        AllOf(HasSubstr("key[2].certificate.key_use: "), HasSubstr("did you mean key_usage?")));
}

TEST_F(ProfileFile, namesAMissingKeyAndWhatToWrite) {
    EXPECT_THAT(refusalOf(changed("digits = 6\n", "")),
                HasSubstr("pin.digits: is missing; write a whole number from 4 to 12"));
    EXPECT_THAT(refusalOf(changed("carrier = \"smart-card\"\n", "")),
                HasSubstr("carrier: is missing; write text between quotes"));
    EXPECT_THAT(refusalOf(changed("[pin]\ndigits = 6\ntries = 3\n", "")),
                HasSubstr("pin: is missing; write a table: [pin]"));
}

TEST_F(ProfileFile, refusesWrongTypes) {
    EXPECT_THAT(refusalOf(changed("digits = 6", "digits = \"6\"")),
                HasSubstr("pin.digits: is text; write a whole number"));
    EXPECT_THAT(refusalOf(changed("digits = 6", "digits = 6.0")),
                HasSubstr("is a number with a fraction"));
    EXPECT_THAT(refusalOf(changed("oin_allowed = true", "oin_allowed = 1")),
                HasSubstr("subject.oin_allowed: is a whole number; write true or false"));
    EXPECT_THAT(refusalOf(changed("languages = [\"nl\", \"en\"]", "languages = \"nl\"")),
                HasSubstr("languages: is text; write a list of texts"));
    EXPECT_THAT(refusalOf(changed("languages = [\"nl\", \"en\"]", "languages = [\"nl\", 2]")),
                HasSubstr("languages: is a whole number; write text between quotes"));
    EXPECT_THAT(refusalOf(changed("[revocation]", "[[revocation]]")),
                HasSubstr("revocation: is a list; write a table"));
}

TEST_F(ProfileFile, refusesNumbersOutOfRange) {
    EXPECT_THAT(refusalOf(changed("digits = 6", "digits = 3")),
                HasSubstr("pin.digits: is 3; write a whole number from 4 to 12"));
    EXPECT_THAT(refusalOf(changed("digits = 6", "digits = 13")), HasSubstr("pin.digits: is 13"));
    EXPECT_THAT(refusalOf(changed("tries = 3", "tries = 0")),
                HasSubstr("pin.tries: is 0; write a whole number from 1 to 15"));
    EXPECT_THAT(refusalOf(changed("tries = 3", "tries = 16")), HasSubstr("pin.tries: is 16"));
    EXPECT_THAT(refusalOf(changed("tries = 3", "tries = 4294967299")),
                HasSubstr("pin.tries: is 4294967299"));
    EXPECT_THAT(refusalOf(changed("symbols = 12", "symbols = 7")),
                HasSubstr("revocation.symbols: is 7; write a whole number from 8 to 24"));
    EXPECT_THAT(refusalOf(changed("longest_common_name = 64", "longest_common_name = 65")),
                HasSubstr("subject.longest_common_name: is 65"));
    EXPECT_THAT(refusalOf(changed("longest_validity_days = 1096", "longest_validity_days = 0")),
                HasSubstr("key[1].certificate.longest_validity_days: is 0"));
}

TEST_F(ProfileFile, refusesASchemeThatTheAlgorithmCannotMake) {
    EXPECT_THAT(refusalOf(changed("ecdsa-sha256", "rsa-pss-sha512")),
                AllOf(HasSubstr("key[1].certificate.request_signature: "), HasSubstr("\"p-256\"")));
    EXPECT_THAT(refusalOf(changed("ecdsa-sha256", "ecdsa-sha1")),
                HasSubstr("did you mean ecdsa-sha256?"));
}

TEST_F(ProfileFile, refusesASecondKeyForOnePurpose) {
    EXPECT_THAT(refusalOf(changed("purpose = \"authentication\"", "purpose = \"authenticity\"")),
                HasSubstr("key[2].purpose: there is a key for authenticity already"));
}

TEST_F(ProfileFile, keepsSigningKeysOnTheChip) {
    EXPECT_THAT(refusalOf(changed("origin = \"on-chip\"", "origin = \"in-station\"")),
                HasSubstr("key[1].origin: a key for authenticity never exists outside the chip"));
    EXPECT_THAT(refusalOf(changed("origin = \"on-chip\"", "origin = \"in-station\"",
                                  "purpose = \"authentication\"")),
                HasSubstr("key[2].origin: a key for authentication never exists outside the chip"));
}

TEST_F(ProfileFile, refusesToShareEscrowOrAttestAgainstTheKeysOrigin) {
    EXPECT_THAT(
        refusalOf(changed("origin = \"on-chip\"", "origin = \"on-chip\"\nshared_by_group = true",
                          "confidentiality", "group-token-p256")),
        HasSubstr("key[3].shared_by_group: "));
    EXPECT_THAT(refusalOf(changed("origin = \"on-chip\"", "origin = \"on-chip\"\nescrow = true",
                                  "confidentiality", "group-token-p256")),
                HasSubstr("key[3].escrow: "));
    EXPECT_THAT(refusalOf(changed("origin = \"in-station\"",
                                  "origin = \"in-station\"\nattestation = \"wanted\"")),
                HasSubstr("key[3].attestation: "));
    EXPECT_THAT(refusalOf(changed("attestation = \"required\"", "attestation = \"require\"")),
                HasSubstr("did you mean required?"));
    EXPECT_THAT(refusalOf(changed("attestation = \"required\"", "attestation_wanted = true")),
                HasSubstr("key[1].attestation_wanted: "));
}

TEST_F(ProfileFile, refusesAKeyUsageThatDoesNotSuitThePurpose) {
    EXPECT_THAT(refusalOf(changed("[\"keyAgreement\"]", "[\"keyEncipherment\"]")),
                HasSubstr("key[3].certificate.key_usage: \"keyEncipherment\" does not suit"));
    EXPECT_THAT(refusalOf(changed("[\"keyEncipherment\", \"dataEncipherment\"]",
                                  "[\"keyAgreement\"]", "", "group-card-rsa2048")),
                HasSubstr("use keyEncipherment and dataEncipherment"));
    EXPECT_THAT(refusalOf(changed("[\"digitalSignature\"]", "[\"keyCertSign\"]")),
                HasSubstr("\"keyCertSign\" does not suit"));
    EXPECT_THAT(refusalOf(changed("[\"digitalSignature\"]", "[]")), HasSubstr("is an empty list"));
}

TEST_F(ProfileFile, refusesObjectIdentifiersThatAreNone) {
    EXPECT_THAT(refusalOf(changed("\"0.4.0.2042.1.1\"", "\"ncp\"")),
                HasSubstr("key[1].certificate.policies: \"ncp\" is not an object identifier"));
    EXPECT_THAT(refusalOf(changed("\"1.3.6.1.5.5.7.3.2\"", "\"3.1\"")),
                HasSubstr("key[2].certificate.extended_key_usage: \"3.1\""));
    EXPECT_THAT(refusalOf(changed("\"0.4.0.2042.1.1\"", "\"2.16.528.1.1003.1.2.41.16.25.4\"")),
                HasSubstr("twice; remove one"));
}

TEST_F(ProfileFile, refusesLanguagesAndReleaseRulesItDoesNotKnow) {
    EXPECT_THAT(refusalOf(changed("\"en\"", "\"fr\"")),
                HasSubstr("languages: \"fr\" is not a language of letters; use nl or en"));
    EXPECT_THAT(refusalOf(changed("\"en\"", "\"nl\"")), HasSubstr("names \"nl\" twice"));
    EXPECT_THAT(
        refusalOf(changed("release = \"after-receipt\"", "release = \"at-once\"")),
        HasSubstr("release: \"at-once\" is not known; write after-receipt or after-dispatch"));
}

TEST_F(ProfileFile, wantsADeadlineWhereAReceiptIsAwaitedAndNoneWhereNot) {
    EXPECT_THAT(refusalOf(changed("receipt_deadline_days = 42\n", "")),
                HasSubstr("receipt_deadline_days: is missing"));
    EXPECT_THAT(refusalOf(changed("\"after-receipt\"", "\"after-dispatch\"")),
                HasSubstr("receipt_deadline_days: means nothing"));
}

TEST_F(ProfileFile, saysWhatItsLetterCanPrint) {
    const auto given = [&](const std::string& ranges) {
        return changed("letter = \"pin-letter\"",
                       "letter = \"pin-letter\"\nletter_characters = [" + ranges + "]");
    };
    const auto profile = readProfile(write(given("\"U+0020-U+007E\", \"U+6A94\"")));
    EXPECT_EQ(unprintableIn("TRIAL 檔", profile.letterCharacters), std::nullopt);
    EXPECT_EQ(unprintableIn("Café", profile.letterCharacters), "\"é\" (U+00E9)");
    EXPECT_EQ(unprintableIn("a𝕏", shippedLetterCharacters()), "\"𝕏\" (U+1D54F)");
    for (const auto* wrong : {"\"a-z\"", "\"U+007E-U+0020\"", "\"U+20\"", "\"U+0020-\"",
                              "\"U+110000\"", "\"U+00G0\""}) {
        EXPECT_THAT(refusalOf(given(wrong)),
                    HasSubstr("letter_characters: " + std::string{wrong} + " is no range"));
    }
}

TEST_F(ProfileFile, refusesSlotsAndFileIdsOfOneFamily) {
    EXPECT_THAT(refusalOf(changed("origin = \"on-chip\"", "origin = \"on-chip\"\nslot = \"9c\"")),
                HasSubstr("key[1].slot: is not a key of this table"));
}

TEST_F(ProfileFile, refusesAPrefixThatLeavesNoRoomForAName) {
    EXPECT_THAT(refusalOf(changed("longest_common_name = 64", "longest_common_name = 6")),
                HasSubstr("subject.common_name_prefix: leaves no room"));
}

TEST_F(ProfileFile, namesThePlaceOfBrokenToml) {
    EXPECT_THAT(refusalOf("title = \n"), HasSubstr("changed.toml:1:"));
    EXPECT_THAT(refusalOf(changed("digits = 6", "digits = 6\ndigits = 7")),
                HasSubstr("changed.toml:"));
    EXPECT_THAT(refusalOf("title = \"\xff\"\n"), HasSubstr("changed.toml:1:"));
    EXPECT_THAT(refusalOf(changed("Group smart card", "Group\\u0000card")),
                HasSubstr("title: holds a control character"));
}

TEST_F(ProfileFile, isTakenOrRefusedHoweverItIsDamaged) {
    const std::string good = shipped();
    std::size_t refusals = 0;
    for (std::size_t at = 0; at < good.size(); at += 41) {
        for (const auto& damage : {"", "\"", "=", "[", "\n", "9", "\xff"}) {
            std::string damaged = good;
            damaged.replace(at, 1, damage);
            try {
                readProfile(write(damaged));
            } catch (const Failure& failure) {
                EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
                ++refusals;
            }
        }
    }
    EXPECT_GT(refusals, good.size() / 41);
}

TEST_F(ProfileFile, refusesAFileNameThatAnOrderCouldNotQuote) {
    EXPECT_THAT(refusalOf(shipped(), "My Card.toml"), HasSubstr("named after its file"));
}

TEST_F(ProfileFile, namesAFileOrFolderThatIsNotThere) {
    EXPECT_THROW(readProfile(folder_ + "/absent.toml"), Failure);
    EXPECT_THROW(readProfile(folder_), Failure);
    EXPECT_THROW(readProfiles(folder_ + "/absent"), Failure);
    try {
        readProfiles(folder_);
        FAIL() << "an empty folder was taken";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("holds no card profile"));
    }
}

TEST_F(ProfileFile, leavesOtherFilesOfTheFolderAlone) {
    write("not a profile", "README.md");
    write(shipped(), "one.toml");
    EXPECT_EQ(readProfiles(folder_).size(), 1U);
}

}  // namespace
}  // namespace zegel::cardprofiles
