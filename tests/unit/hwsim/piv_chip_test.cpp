#include "tests/unit/hwsim/chip_desk.h"

namespace zegel::hwsim {
namespace {

TEST(PivSelect, takesTheAidWholeAndCutDownToTheRid) {
    // The answer is the one docs.yubico.com gives for its own chips.
    const std::string answer = "61114F0600001000010079074F05A0000003089000";
    ChipDesk desk;
    EXPECT_EQ(desk.say("00A404000BA000000308000010000100"), answer);
    EXPECT_EQ(desk.say("00A4040009A0000003080000100000"), answer);
    EXPECT_EQ(desk.say("00A4040005A000000308"), answer);
    EXPECT_EQ(desk.say("00A4040005A000000309"), "6A82");
    EXPECT_EQ(desk.say("00A4040004A0000003"), "6A82");
    EXPECT_EQ(desk.say("00A4000005A000000308"), "6A86");
}

TEST(PivSelect, comesBeforeEverythingElse) {
    ChipDesk desk;
    EXPECT_EQ(desk.verify(), "6D00");
    desk.select();
    EXPECT_EQ(desk.verify(), "9000");
    desk.chip->powerOn();
    EXPECT_EQ(desk.verify(), "6D00");
}

TEST(PivKeys, signsWithAKeyMadeOnTheChip) {
    ChipDesk desk;
    desk.open();
    EXPECT_TRUE(desk.say("0047009A05AC0380011100").starts_with("7F4943864104"));
    const std::string digest(64, 'A');
    EXPECT_TRUE(desk.say("0087119A267C2482008120" + digest + "00").ends_with("9000"));
}

}  // namespace
}  // namespace zegel::hwsim
