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
    EXPECT_EQ(desk.say("00A404000CA00000030800001000010000"), "6A82");
    EXPECT_EQ(desk.say("00A4000005A000000308"), "6A86");
}

TEST(PivSelect, comesBeforeEverythingElse) {
    ChipDesk desk;
    EXPECT_EQ(desk.verify(), "6D00");
    EXPECT_EQ(desk.say("00FD0000"), "6D00");
    desk.select();
    EXPECT_EQ(desk.verify(), "9000");
    desk.chip->powerOn();
    EXPECT_EQ(desk.verify(), "6D00");
}

TEST(PivSelect, ofAnotherApplicationLeavesThisOneSelected) {
    ChipDesk desk;
    desk.select();
    EXPECT_EQ(desk.verify(), "9000");
    EXPECT_EQ(desk.say("00A4040008A000000527200101"), "6A82");
    EXPECT_EQ(desk.say("00200080"), "9000");
}

TEST(PivSelect, dropsTheSecurityStatusWhereTheModelDoes) {
    ChipDesk token("5.7");
    token.open();
    token.select();
    EXPECT_EQ(token.say("00200080"), "63C3");
    EXPECT_EQ(token.say("00DB3FFF0A5C035FC1055303700100"), "6982");
    // SP 800-73-4 part 2, 3.1.1: selected already, the status does not change.
    ChipDesk plain("plain");
    plain.open();
    plain.select();
    EXPECT_EQ(plain.say("00200080"), "9000");
    EXPECT_EQ(plain.say("00DB3FFF0A5C035FC1055303700100"), "9000");
}

TEST(PivPower, answersNothingWithoutIt) {
    ChipDesk desk;
    desk.open();
    desk.chip->powerOff();
    EXPECT_EQ(desk.say("00A4040005A000000308"), "");
    desk.chip->powerOn();
    desk.select();
    EXPECT_EQ(desk.say("00200080"), "63C3");
}

TEST(PivAtr, speaksT1AndTellsOfChainingAndExtendedLengths) {
    // ISO/IEC 7816-3, 8.2: exclusive or from T0 to TCK is zero. ISO/IEC 7816-4, 12.2.2 table 119:
    // the third function octet has chaining in bit 8 and extended lengths in bit 7.
    for (const auto& [model, capabilities] : {std::pair{"5.7", 0xC0}, std::pair{"plain", 0x80}}) {
        const Bytes atr = ChipDesk(model).chip->atr();
        std::uint8_t check = 0;
        for (std::size_t at = 1; at < atr.size(); ++at) {
            check = static_cast<std::uint8_t>(check ^ atr[at]);
        }
        EXPECT_EQ(check, 0);
        EXPECT_EQ(atr[1] & 0x0F, atr.size() - 7);
        EXPECT_EQ(atr[2] & 0x0F, 1);
        EXPECT_EQ(atr[10], capabilities);
    }
}

TEST(PivClass, refusesWhatTheCardDoesNotSpeak) {
    ChipDesk desk;
    desk.select();
    EXPECT_EQ(desk.say("80FD0000"), "6E00");
    EXPECT_EQ(desk.say("0CFD0000"), "6882");
    EXPECT_EQ(desk.say("01FD0000"), "6881");
    EXPECT_EQ(desk.say("00EE0000"), "6D00");
    EXPECT_EQ(desk.say("00FD00"), "6700");
}

TEST(PivChaining, joinsTheLinks) {
    ChipDesk desk;
    desk.select();
    EXPECT_EQ(desk.say("1020008003313233"), "9000");
    EXPECT_EQ(desk.say("1020008003343536"), "9000");
    EXPECT_EQ(desk.say("0020008002FFFF"), "9000");
    EXPECT_EQ(desk.say("00200080"), "9000");
}

TEST(PivChaining, isBrokenByAnotherCommandAndThenForgotten) {
    ChipDesk desk;
    desk.select();
    EXPECT_EQ(desk.say("1020008003313233"), "9000");
    EXPECT_EQ(desk.say("00FD0000"), "6883");
    EXPECT_EQ(desk.say("00FD0000"), "0504039000");
    EXPECT_EQ(desk.say("1020008003313233"), "9000");
    EXPECT_TRUE(desk.say("00A4040005A000000308").ends_with("9000"));
}

TEST(PivChaining, endsWhenThereIsNoRoom) {
    ChipDesk desk;
    desk.select();
    const std::string link = "10DB3FFFFF" + std::string(510, 'A');
    std::string answer;
    int links = 0;
    while ((answer = desk.say(link)) == "9000" && links < 1000) {
        ++links;
    }
    EXPECT_EQ(answer, "6700");
    EXPECT_EQ(links, 8192 / 255);
    EXPECT_EQ(desk.verify(), "9000");
}

class LongAnswer : public testing::Test {
protected:
    /// Key history with 600 octets in it: 604 with tag and length.
    void store(ChipDesk& desk) {
        desk.open();
        Bytes command = *fromHex("5C035FC10C53820258");
        for (int octet = 0; octet < 600; ++octet) {
            command.push_back(static_cast<std::uint8_t>(octet));
        }
        ASSERT_EQ(desk.sayLong("00DB3FFF", command), "9000");
    }
};

TEST_F(LongAnswer, comesInPieces) {
    ChipDesk desk;
    store(desk);
    const std::string first = desk.say("00CB3FFF055C035FC10C00");
    EXPECT_EQ(first.size(), 2 * 258U);
    EXPECT_TRUE(first.starts_with("5382025800010203"));
    EXPECT_TRUE(first.ends_with("6100"));
    EXPECT_TRUE(desk.say("00C0000000").ends_with("615C"));
    const std::string last = desk.say("00C000005C");
    EXPECT_EQ(last.size(), 2 * (0x5C + 2U));
    EXPECT_TRUE(last.ends_with("579000"));
    EXPECT_EQ(desk.say("00C0000000"), "6985");
}

TEST_F(LongAnswer, isAsShortAsLeAsks) {
    ChipDesk desk;
    store(desk);
    EXPECT_EQ(desk.say("00CB3FFF055C035FC10C04"), "538202586100");
    EXPECT_EQ(desk.say("00C0000002"), "00016100");
}

TEST_F(LongAnswer, comesWithoutLeAsIfItWereZero) {
    ChipDesk desk;
    store(desk);
    EXPECT_EQ(desk.say("00CB3FFF055C035FC10C").size(), 2 * 258U);
}

TEST_F(LongAnswer, isForgottenWhenSomethingElseIsAsked) {
    ChipDesk desk;
    store(desk);
    desk.say("00CB3FFF055C035FC10C00");
    EXPECT_EQ(desk.say("00200080"), "9000");
    EXPECT_EQ(desk.say("00C0000000"), "6985");
}

TEST_F(LongAnswer, comesAtOnceInAnExtendedApdu) {
    ChipDesk desk;
    store(desk);
    const std::string whole = desk.say("00CB3FFF0000055C035FC10C0000");
    EXPECT_EQ(whole.size(), 2 * 606U);
    EXPECT_TRUE(whole.ends_with("579000"));
}

TEST(PivExtended, isRefusedWhereTheAtrDoesNotOfferIt) {
    ChipDesk desk("5.7-extended");
    desk.select();
    EXPECT_EQ(desk.say("00200080000008313233343536FFFF"), "6700");
    EXPECT_EQ(desk.verify(), "9000");
}

}  // namespace
}  // namespace zegel::hwsim
