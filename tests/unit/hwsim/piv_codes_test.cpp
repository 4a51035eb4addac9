#include "tests/unit/hwsim/chip_desk.h"

namespace zegel::hwsim {
namespace {

constexpr auto Pin = "313233343536FFFF";
constexpr auto Puk = "3132333435363738";
constexpr auto Wrong = "393939393939FFFF";
constexpr auto Other = "363534333231FFFF";

std::string change(ChipDesk& desk, const char* reference, const std::string& old,
                   const std::string& fresh) {
    return desk.say(std::string("002400") + reference + "10" + old + fresh);
}

std::string unblock(ChipDesk& desk, const std::string& puk, const std::string& fresh) {
    return desk.say("002C008010" + puk + fresh);
}

class PivCodes : public testing::Test {
protected:
    PivCodes() { desk.select(); }

    void blockPin() {
        while (desk.verify(Wrong) != "6983") {
        }
    }
    void blockPuk() {
        while (unblock(desk, Wrong, Other) != "6983") {
        }
    }

    ChipDesk desk;
};

TEST_F(PivCodes, tellTheTriesWithoutSpendingOne) {
    EXPECT_EQ(desk.say("00200080"), "63C3");
    EXPECT_EQ(desk.say("00200080"), "63C3");
    EXPECT_EQ(desk.verify(), "9000");
    EXPECT_EQ(desk.say("00200080"), "9000");
}

TEST_F(PivCodes, areCountedDownAndBlockedAndRestoredBySuccess) {
    EXPECT_EQ(desk.verify(Wrong), "63C2");
    EXPECT_EQ(desk.verify(Wrong), "63C1");
    EXPECT_EQ(desk.verify(Pin), "9000");
    EXPECT_EQ(desk.verify(Wrong), "63C2");
    EXPECT_EQ(desk.verify(Wrong), "63C1");
    EXPECT_EQ(desk.verify(Wrong), "63C0");
    EXPECT_EQ(desk.verify(Wrong), "6983");
    EXPECT_EQ(desk.verify(Pin), "6983");
    EXPECT_EQ(desk.say("00200080"), "6983");
}

TEST_F(PivCodes, stayCountedDownAcrossAReset) {
    desk.verify(Wrong);
    desk.chip->powerOff();
    desk.chip->powerOn();
    desk.select();
    EXPECT_EQ(desk.verify(Wrong), "63C1");
}

TEST_F(PivCodes, aWrongPinEndsTheVerifiedState) {
    desk.verify();
    desk.verify(Wrong);
    EXPECT_EQ(desk.say("00200080"), "63C2");
}

TEST_F(PivCodes, theVerifiedStateCanBeGivenUp) {
    desk.verify();
    EXPECT_EQ(desk.say("0020FF8001AA"), "6A80");
    EXPECT_EQ(desk.say("0020FF80"), "9000");
    EXPECT_EQ(desk.say("00200080"), "63C3");
}

TEST_F(PivCodes, knowOnlyTheApplicationPin) {
    EXPECT_EQ(desk.say("0020000008313233343536FFFF"), "6A88");
    EXPECT_EQ(desk.say("0020008108313233343536FFFF"), "6A88");
    EXPECT_EQ(desk.say("0020018008313233343536FFFF"), "6A86");
    EXPECT_EQ(change(desk, "00", Pin, Other), "6A88");
    EXPECT_EQ(desk.say("002C008110" + std::string(Puk) + Other), "6A88");
    EXPECT_EQ(desk.say("002C018010" + std::string(Puk) + Other), "6A86");
}

TEST_F(PivCodes, aPinOfAnotherLengthSpendsNoTry) {
    EXPECT_EQ(desk.say("0020008006313233343536"), "6A80");
    EXPECT_EQ(desk.say("0020008009313233343536FFFFFF"), "6A80");
    EXPECT_EQ(desk.say("00200080"), "63C3");
}

TEST_F(PivCodes, pinAndPukAreChangedWithTheOldOne) {
    EXPECT_EQ(change(desk, "80", Wrong, Other), "63C2");
    EXPECT_EQ(change(desk, "80", Pin, Other), "9000");
    EXPECT_EQ(desk.verify(Pin), "63C2");
    EXPECT_EQ(desk.verify(Other), "9000");
    EXPECT_EQ(change(desk, "81", Wrong, "3837363534333231"), "63C2");
    EXPECT_EQ(change(desk, "81", Puk, "3837363534333231"), "9000");
    EXPECT_EQ(unblock(desk, Puk, Pin), "63C2");
    EXPECT_EQ(unblock(desk, "3837363534333231", Pin), "9000");
}

TEST_F(PivCodes, anUnsuitableNewCodeSpendsNoTry) {
    for (const char* fresh : {"3132333435FFFFFF", "FFFFFFFFFFFFFFFF", "31323334FF36FFFF"}) {
        EXPECT_EQ(change(desk, "80", Pin, fresh), "6A80") << fresh;
        EXPECT_EQ(change(desk, "80", Wrong, fresh), "6A80") << fresh;
        EXPECT_EQ(unblock(desk, Puk, fresh), "6A80") << fresh;
    }
    EXPECT_EQ(desk.say("0024008008" + std::string(Pin)), "6A80");
    EXPECT_EQ(desk.chip->memory().pin.left, 3);
    EXPECT_EQ(desk.chip->memory().puk.left, 3);
}

TEST_F(PivCodes, thePukUnblocksThePinAndSetsIt) {
    blockPin();
    EXPECT_EQ(unblock(desk, Wrong, Other), "63C2");
    EXPECT_EQ(unblock(desk, Puk, Other), "9000");
    EXPECT_EQ(desk.say("00200080"), "63C3");
    EXPECT_EQ(desk.verify(Other), "9000");
    EXPECT_EQ(desk.chip->memory().puk.left, 3);
}

TEST_F(PivCodes, aBlockedPukHelpsNoMore) {
    blockPin();
    blockPuk();
    EXPECT_EQ(unblock(desk, Puk, Other), "6983");
    EXPECT_EQ(change(desk, "81", Puk, Other), "6983");
}

TEST_F(PivCodes, setRetriesNeedsBothKeysAndMakesTheCodesTheFactorys) {
    EXPECT_EQ(desk.say("00FA0504"), "6982");
    desk.authenticate();
    EXPECT_EQ(desk.say("00FA0504"), "6982");
    EXPECT_EQ(change(desk, "80", Pin, Other), "9000");
    EXPECT_EQ(desk.say("00FA0004"), "6A80");
    EXPECT_EQ(desk.say("00FA0504"), "9000");
    EXPECT_EQ(desk.say("00200080"), "63C5");
    EXPECT_EQ(desk.verify(Pin), "9000");
    EXPECT_EQ(unblock(desk, Wrong, Other), "63C3");
}

TEST_F(PivCodes, moreThanFifteenTriesAreToldAsFifteen) {
    desk.open();
    EXPECT_EQ(desk.say("00FA2010"), "9000");
    EXPECT_EQ(desk.say("00200080"), "63CF");
    EXPECT_EQ(desk.say("00F7008000"), "0101FF0501010602202" + std::string("09000"));
}

TEST_F(PivCodes, resetWantsBothBlocked) {
    EXPECT_EQ(desk.say("00FB0000"), "6985");
    blockPin();
    EXPECT_EQ(desk.say("00FB0000"), "6985");
    blockPuk();
    EXPECT_EQ(desk.say("00FB0000"), "9000");
    EXPECT_EQ(desk.verify(Pin), "9000");
    EXPECT_EQ(unblock(desk, Puk, Pin), "9000");
}

TEST(PivCodeRules, aDigitsOnlyChipRefusesOtherOctetsWithoutSpendingATry) {
    for (const char* model : {"applet", "plain"}) {
        ChipDesk desk(model);
        desk.select();
        EXPECT_EQ(desk.verify("414233343536FFFF"), "6A80") << model;
        EXPECT_EQ(desk.verify("3132333435FFFFFF"), "6A80") << model;
        EXPECT_EQ(desk.say("00200080"), "63C3") << model;
        EXPECT_EQ(change(desk, "81", Puk, "3132333435363741"), "6A80") << model;
    }
}

TEST(PivCodeRules, aChipWithAComplexityRuleRefusesTrivialCodes) {
    ChipDesk desk("5.7+complexity");
    desk.select();
    for (const char* fresh : {"313131313131FFFF", "3132333435363738", "363534333231FFFF"}) {
        EXPECT_EQ(change(desk, "80", Pin, fresh), "6985") << fresh;
        EXPECT_EQ(change(desk, "81", Puk, fresh), "6985") << fresh;
        EXPECT_EQ(unblock(desk, Puk, fresh), "6985") << fresh;
    }
    EXPECT_EQ(change(desk, "80", Pin, "3831393237363435"), "9000");
}

}  // namespace
}  // namespace zegel::hwsim
