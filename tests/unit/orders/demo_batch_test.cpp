#include "station/orders/batch_file.h"
#include "tests/unit/orders/batch_corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace zegel::station {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

Batch demoBatch() {
    return readBatchFile(ZEGEL_SOURCE_DIR "/config/examples/batch.json",
                         testing::shippedProfiles());
}

TEST(DemoBatch, hasFiveGoodOrdersAndOneMistake) {
    const Batch batch = demoBatch();
    EXPECT_THAT(batch.orders, SizeIs(5));
    ASSERT_THAT(batch.refused, SizeIs(1));
    EXPECT_EQ(batch.refused[0].id.value(), "demo-0001-04");
    EXPECT_THAT(batch.refused[0].reason, HasSubstr("manager.address: is missing"));
}

TEST(DemoBatch, showsBothCarriersBothLanguagesAndTwoGroupsOfTwoOrganisations) {
    std::multiset<std::string> profiles;
    std::set<std::string> languages;
    std::set<std::string> groups;
    std::set<std::string> organisations;
    for (const auto& order : demoBatch().orders) {
        profiles.insert(order.profile);
        languages.insert(order.language);
        groups.insert(order.groupId);
        organisations.insert(order.subject.organisation);
    }
    EXPECT_EQ(profiles.count("group-card-p256"), 3U);
    EXPECT_EQ(profiles.count("group-token-p256"), 2U);
    EXPECT_THAT(languages, SizeIs(2));
    EXPECT_THAT(groups, SizeIs(2));
    EXPECT_THAT(organisations, SizeIs(2));
}

TEST(DemoBatch, letsTwoSmartCardsOfOneGroupShareAKey) {
    const Batch batch = demoBatch();
    EXPECT_EQ(batch.orders.at(0).groupId, batch.orders.at(1).groupId);
    EXPECT_EQ(batch.orders.at(0).profile, batch.orders.at(1).profile);
    EXPECT_EQ(batch.orders.at(0).subject, batch.orders.at(1).subject);
}

}  // namespace
}  // namespace zegel::station
