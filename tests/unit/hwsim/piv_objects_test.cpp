#include "tests/unit/hwsim/chip_desk.h"

namespace zegel::hwsim {
namespace {

class PivObjects : public testing::Test {
protected:
    PivObjects() { desk.open(); }

    /// 5C tag 53 content, chained.
    std::string put(const std::string& tag, std::size_t octets) {
        Bytes command = *fromHex("5C03" + tag);
        appendDataObject(command, 0x53, Bytes(octets, 0x42));
        return desk.sayLong("00DB3FFF", command);
    }

    std::string get(const std::string& tag) {
        return desk.fetched(*fromHex(desk.say("00CB3FFF055C03" + tag + "00")));
    }

    ChipDesk desk;
};

TEST_F(PivObjects, areStoredReadAndDeleted) {
    EXPECT_EQ(get("5FC105"), "6A82");
    EXPECT_EQ(put("5FC105", 5), "9000");
    EXPECT_EQ(get("5FC105"), "530542424242429000");
    EXPECT_EQ(put("5FC105", 0), "9000");
    EXPECT_EQ(get("5FC105"), "6A82");
}

TEST_F(PivObjects, stayAcrossAReset) {
    put("5FC102", 5);
    desk.chip->powerOn();
    desk.select();
    EXPECT_EQ(get("5FC102"), "530542424242429000");
}

TEST_F(PivObjects, needTheManagementKeyToBeWritten) {
    desk.select();
    EXPECT_EQ(put("5FC105", 5), "6982");
}

TEST_F(PivObjects, discoveryIsAlwaysThereAndCannotBeWritten) {
    // SP 800-73-4 part 1, 3.3.2.
    EXPECT_EQ(desk.say("00CB3FFF035C017E00"), "7E124F0BA0000003080000100001005F2F0240009000");
    EXPECT_EQ(desk.say("00DB3FFF147E124F0BA0000003080000100001005F2F024000"), "6A81");
}

TEST_F(PivObjects, someAreReadOnlyAfterThePin) {
    // SP 800-73-4 part 1, table 2: printed information, fingerprints, face, iris.
    for (const char* tag : {"5FC109", "5FC103", "5FC108", "5FC121"}) {
        EXPECT_EQ(put(tag, 1), "9000");
        desk.say("0020FF80");
        EXPECT_EQ(get(tag), "6982") << tag;
        desk.verify();
        EXPECT_EQ(get(tag), "5301429000") << tag;
    }
}

TEST_F(PivObjects, theBiometricGroupComesBare) {
    EXPECT_EQ(desk.say("00DB3FFF067F610302010000"), "9000");
    EXPECT_EQ(desk.say("00CB3FFF045C027F6100"), "7F61030201009000");
}

TEST_F(PivObjects, areLimitedEachAndTogether) {
    EXPECT_EQ(put("5FC105", 3052), "9000");
    EXPECT_EQ(put("5FC105", 3053), "6A84");
    EXPECT_EQ(get("5FC105").size(), 2 * (3052 + 4 + 2U));
    int stored = 1;
    for (int number = 0; number < 32; ++number, ++stored) {
        const std::string tag = "5FC1" + toHex(Bytes{static_cast<std::uint8_t>(0x0A + number)});
        if (tag == "5FC10C" || put(tag, 3000) == "6A84") break;
    }
    EXPECT_LE(desk.chip->memory().objectOctets(), 51200U);
}

TEST_F(PivObjects, replacingOneWhenFullNeedsNoExtraRoom) {
    std::uint8_t number = 0x0D;
    while (put("5FC1" + toHex(Bytes{number}), 3000) == "9000") {
        ++number;
    }
    EXPECT_EQ(put("5FC1" + toHex(Bytes{number}), 3000), "6A84");
    EXPECT_EQ(put("5FC10D", 3000), "9000");
    EXPECT_EQ(put("5FC10D", 0), "9000");
    EXPECT_EQ(put("5FC1" + toHex(Bytes{number}), 3000), "9000");
}

TEST_F(PivObjects, refuseBrokenRequests) {
    EXPECT_EQ(desk.say("00CB0000055C035FC105"), "6A86");
    EXPECT_EQ(desk.say("00CB3FFF035D017E"), "6A80");
    EXPECT_EQ(desk.say("00CB3FFF025C00"), "6A80");
    EXPECT_EQ(desk.say("00CB3FFF"), "6A80");
    EXPECT_EQ(desk.say("00CB3FFF065C045FC10501"), "6A80");
    EXPECT_EQ(desk.say("00DB3FFF055C035FC105"), "6A80");
    EXPECT_EQ(desk.say("00DB3FFF085C035FC1055401AA"), "6A80");
    EXPECT_EQ(desk.say("00DB3FFF085C035FC1055302AA"), "6A80");
    EXPECT_EQ(desk.say("00DB3FFF085C035FC1055301AA00"), "9000");
    EXPECT_EQ(desk.say("00DB0000085C035FC1055301AA"), "6A86");
    EXPECT_EQ(desk.say("00DB3FFF085C03DFC1055301AA"), "6A82");
}

TEST(PivObjectLimits, aPlainChipHasTheStandardsContainersOnly) {
    ChipDesk desk("plain");
    desk.open();
    EXPECT_EQ(desk.say("00DB3FFF085C035FC1235301AA"), "9000");
    EXPECT_EQ(desk.say("00DB3FFF085C035FFF005301AA"), "6A82");
    EXPECT_EQ(desk.say("00DB3FFF085C035FC1245301AA"), "6A82");
}

}  // namespace
}  // namespace zegel::hwsim
