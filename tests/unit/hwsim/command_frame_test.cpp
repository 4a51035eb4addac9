#include "hwsim/chips/command_frame.h"

#include "drivers/base/hex.h"
#include "hwsim/chips/data_object.h"

#include <gtest/gtest.h>

namespace zegel::hwsim {
namespace {

std::optional<CommandFrame> read(const std::string& hex) {
    return readCommand(*fromHex(hex));
}

// ISO/IEC 7816-4:2020, 5.2, table 1: the four cases, short and extended.

TEST(CommandFrame, readsTheFourShortCases) {
    EXPECT_EQ(read("00FB0000")->expected, 0U);
    EXPECT_EQ(read("00FD000003")->expected, 3U);
    EXPECT_EQ(read("00FD000000")->expected, 256U);
    EXPECT_EQ(toHex(read("0020008002ABCD")->data), "ABCD");
    EXPECT_EQ(read("0020008002ABCD")->expected, 0U);
    EXPECT_EQ(read("0020008002ABCD10")->expected, 16U);
    EXPECT_FALSE(read("0020008002ABCD10")->extended);
}

TEST(CommandFrame, readsTheThreeExtendedCases) {
    EXPECT_EQ(read("00FD0000000100")->expected, 256U);
    EXPECT_EQ(read("00FD0000000000")->expected, 65536U);
    EXPECT_EQ(toHex(read("00200080000002ABCD")->data), "ABCD");
    EXPECT_EQ(read("00200080000002ABCD0000")->expected, 65536U);
    EXPECT_TRUE(read("00200080000002ABCD0000")->extended);
}

TEST(CommandFrame, readsAFullLinkOfAChainThatCarriesLe) {
    const std::string full = "10DB3FFFFF" + std::string(510, 'A') + "00";
    EXPECT_EQ(read(full)->data.size(), 255U);
    EXPECT_EQ(read(full)->expected, 256U);
}

TEST(CommandFrame, refusesLengthsThatDoNotAddUp) {
    for (const char* hex :
         {"", "00", "002000", "0020008002AB", "0020008002ABCD1011", "00200080000000AB",
          "002000800000", "00200080000002AB", "00200080000002ABCD00", "00200080000002ABCD000000"}) {
        EXPECT_FALSE(read(hex)) << hex;
    }
}

// ISO/IEC 7816-4:2020, 6.3: tags of one to three octets, lengths of one to three octets.

TEST(DataObject, readsTagsAndLengthsOfEverySize) {
    const Bytes long127(127, 0x01);
    const Bytes long128(128, 0x02);
    const Bytes long300(300, 0x03);
    Bytes octets;
    appendDataObject(octets, 0x80, long127);
    appendDataObject(octets, 0x7F49, long128);
    appendDataObject(octets, 0x5FC105, long300);
    EXPECT_EQ(toHex(ByteView{octets}.first(2)), "807F");
    EXPECT_EQ(toHex(ByteView{octets}.subspan(129, 4)), "7F498180");
    EXPECT_EQ(toHex(ByteView{octets}.subspan(261, 6)), "5FC10582012C");
    const auto objects = readDataObjects(octets);
    ASSERT_TRUE(objects);
    EXPECT_EQ(valueOf(*objects, 0x80)->size(), 127U);
    EXPECT_EQ(valueOf(*objects, 0x7F49)->size(), 128U);
    EXPECT_EQ(valueOf(*objects, 0x5FC105)->size(), 300U);
    EXPECT_FALSE(valueOf(*objects, 0x81));
}

TEST(DataObject, refusesWhatIsCutOrTooLong) {
    for (const char* hex : {"5C", "5F", "5FC1", "5FC1C1C101", "8002AB", "8081", "808201", "8080",
                            "8083010000", "8001AA81"}) {
        EXPECT_FALSE(readDataObjects(*fromHex(hex))) << hex;
    }
}

}  // namespace
}  // namespace zegel::hwsim
