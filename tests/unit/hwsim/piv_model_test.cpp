#include "drivers/base/failure.h"
#include "tests/unit/hwsim/chip_desk.h"

#include <gmock/gmock.h>

namespace zegel::hwsim {
namespace {

TEST(PivModel, tellsVersionAndSerialWhereItHasThem) {
    ChipDesk newer("5.7", 0x00BC614E);
    newer.select();
    EXPECT_EQ(newer.say("00FD000000"), "0507019000");
    EXPECT_EQ(newer.say("00F8000000"), "00BC614E9000");
    EXPECT_EQ(newer.chip->serial(), "12345678");
    ChipDesk applet("applet");
    applet.select();
    EXPECT_EQ(applet.say("00FD000000"), "0504009000");
    EXPECT_EQ(applet.say("00F8000000"), "6D00");
    EXPECT_EQ(applet.say("00F7008000"), "6D00");
    EXPECT_EQ(applet.say("00F99A0000"), "6D00");
}

TEST(PivModel, plainKnowsTheStandardAndNothingElse) {
    ChipDesk desk("plain");
    desk.open();
    for (const char* command : {"00FD000000", "00F8000000", "00F7008000", "00F99A0000", "00FA0505",
                                "00FB0000", "00F6FF9A", "00FE119D03060101", "00FFFFFF0408AB0101"}) {
        EXPECT_EQ(desk.say(command), "6D00") << command;
    }
    EXPECT_TRUE(desk.say("0047009A05AC0380011100").ends_with("9000"));
}

TEST(PivModel, plainNamesItsAlgorithmsWhenSelected) {
    // SP 800-73-4 part 2, 3.1.1, table 3: AC with 80 for each algorithm, then 06.
    ChipDesk desk("plain");
    EXPECT_THAT(desk.say("00A4040005A00000030800"),
                testing::HasSubstr("AC0F80010680010780011180011406"
                                   "0100"));
}

TEST(PivModel, hasTheManagementKeyOfItsGeneration) {
    EXPECT_EQ(ChipDesk("5.7").chip->memory().management.algorithm, piv::Aes192);
    EXPECT_EQ(ChipDesk("5.4").chip->memory().management.algorithm, piv::TripleDes);
    EXPECT_EQ(toHex(ChipDesk("5.7").chip->memory().management.value),
              "010203040506070801020304050607080102030405060708");
}

TEST(PivModel, canBeVaried) {
    ChipDesk desk("5.7-metadata-attestation-serial");
    desk.select();
    EXPECT_EQ(desk.say("00F7008000"), "6D00");
    EXPECT_EQ(desk.say("00F99A0000"), "6D00");
    EXPECT_EQ(desk.say("00F8000000"), "6D00");
    EXPECT_EQ(desk.say("00FD000000"), "0507019000");
    EXPECT_FALSE(desk.chip->memory().keys.contains(0xF9));
    EXPECT_EQ(desk.chip->memory().model.name, "5.7-metadata-attestation-serial");
}

TEST(PivModel, refusesNamesItDoesNotKnow) {
    EXPECT_THROW(pivModelNamed("9.9"), Failure);
    EXPECT_THROW(pivModelNamed(""), Failure);
    EXPECT_THROW(pivModelNamed("5.7+wings"), Failure);
    EXPECT_THROW(pivModelNamed("5.7+"), Failure);
}

TEST(PivModel, makesOnlyTheKeysItKnows) {
    ChipDesk older("5.4");
    older.open();
    EXPECT_EQ(older.say("0047009A05AC0380010500"), "6A80");
    EXPECT_EQ(older.say("0047009A05AC0380011600"), "6A80");
    EXPECT_EQ(older.say("00F6FF9A"), "6D00");
    ChipDesk newer("5.7");
    newer.open();
    EXPECT_TRUE(newer.fetched(*fromHex(newer.say("0047009A05AC0380010500"))).ends_with("9000"));
    EXPECT_EQ(newer.chip->memory().keys.at(0x9A).pair.size(), 384U);
    ChipDesk applet("applet");
    applet.open();
    EXPECT_TRUE(applet.say("0047008C05AC0380011100").ends_with("9000"));
    EXPECT_EQ(applet.say("0047008D05AC0380011100"), "6A86");
}

}  // namespace
}  // namespace zegel::hwsim
