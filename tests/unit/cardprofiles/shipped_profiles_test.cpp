#include "cardprofiles/profile_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zegel::cardprofiles {
namespace {

using testing::ElementsAre;

const Profiles& shipped() {
    static const Profiles All = readProfiles(ZEGEL_SOURCE_DIR "/cardprofiles");
    return All;
}

TEST(ShippedProfiles, areTheFourWeName) {
    std::vector<std::string> names;
    for (const auto& [name, profile] : shipped())
        names.push_back(name);
    EXPECT_THAT(names, ElementsAre("group-card-p256", "group-card-rsa2048", "group-card-rsa3072",
                                   "group-token-p256"));
}

TEST(ShippedProfiles, haveOneKeyForEveryPurposeUnderPkioverheidsTrialPolicies) {
    for (const auto& [name, profile] : shipped()) {
        ASSERT_EQ(profile.keys.size(), 3U) << name;
        EXPECT_EQ(profile.keys[0].purpose, Purpose::Authenticity) << name;
        EXPECT_EQ(profile.keys[1].purpose, Purpose::Authentication) << name;
        EXPECT_EQ(profile.keys[2].purpose, Purpose::Confidentiality) << name;
        // The G4 policy identifiers of the three legal-person profiles.
        const std::string arc = "2.16.528.1.1003.1.2.41.16.25.";
        EXPECT_THAT(profile.keys[0].certificate.policies, ElementsAre(arc + "4", "0.4.0.2042.1.1"));
        EXPECT_THAT(profile.keys[1].certificate.policies, ElementsAre(arc + "8", "0.4.0.2042.1.1"));
        EXPECT_THAT(profile.keys[2].certificate.policies, ElementsAre(arc + "7", "0.4.0.2042.1.1"));
    }
}

TEST(ShippedProfiles, letOnlyTheConfidentialityKeyOfASmartCardBeMadeInTheStation) {
    for (const auto& [name, profile] : shipped()) {
        for (const auto& key : profile.keys) {
            const bool imported =
                profile.carrier == Carrier::SmartCard && key.purpose == Purpose::Confidentiality;
            EXPECT_EQ(key.origin == KeyOrigin::InStation, imported) << name;
            EXPECT_EQ(key.sharedByGroup, imported) << name;
            EXPECT_EQ(key.escrow, imported) << name;
        }
    }
}

TEST(ShippedProfiles, askForKeyAgreementWhereTheKeyIsAnEllipticCurves) {
    EXPECT_THAT(shipped().at("group-card-p256").keys[2].certificate.keyUsage,
                ElementsAre("keyAgreement"));
    EXPECT_THAT(shipped().at("group-card-rsa3072").keys[2].certificate.keyUsage,
                ElementsAre("keyEncipherment", "dataEncipherment"));
}

TEST(ShippedProfiles, signAsG4AsksWithRsa3072) {
    const auto& key = shipped().at("group-card-rsa3072").keys[0];
    EXPECT_EQ(key.algorithm, KeyAlgorithm::Rsa3072);
    EXPECT_EQ(key.certificate.requestSignature, SignatureScheme::RsaPssSha512);
}

TEST(ShippedProfiles, releaseTheLetterAfterAReceiptWithinSixWeeksInBothLanguages) {
    for (const auto& [name, profile] : shipped()) {
        EXPECT_EQ(profile.release, ReleaseRule::AfterReceipt) << name;
        EXPECT_EQ(profile.receiptDeadlineDays, 42) << name;
        EXPECT_THAT(profile.languages, ElementsAre("nl", "en")) << name;
        EXPECT_TRUE(profile.puk.has_value()) << name;
    }
}

}  // namespace
}  // namespace zegel::cardprofiles
