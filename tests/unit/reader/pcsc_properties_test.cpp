#include "drivers/reader/pcsc/pcsc_properties.h"

#include "drivers/base/hex.h"

#include <gtest/gtest.h>

namespace zegel::drivers {
namespace {

constexpr std::uint8_t VerifyPinDirect = 0x06;
constexpr std::uint8_t TlvProperties = 0x12;
constexpr std::uint8_t LongestApdu = 0x0A;

Bytes octets(std::string_view hex) {
    return fromHex(hex).value();
}

// libccid answers for a pinpad reader: verify, modify, IFD PIN properties, TLV properties, with
// codes of IOCTL_FEATURE_… in ifdhandler.h (CCID project, src/ccid_ifdhandler.h).
TEST(ReaderFeatures, areFoundByTheirTag) {
    const auto features = octets("060442330006 070442330007 0A044233000A 120442330012");
    EXPECT_EQ(featureCode(features, VerifyPinDirect), 0x42330006U);
    EXPECT_EQ(featureCode(features, TlvProperties), 0x42330012U);
    EXPECT_EQ(featureCode(features, 0x13), std::nullopt);
}

TEST(ReaderFeatures, areNothingWhereTheAnswerIsCutOrStrange) {
    EXPECT_EQ(featureCode({}, TlvProperties), std::nullopt);
    EXPECT_EQ(featureCode(octets("1204423300"), TlvProperties), std::nullopt);
    EXPECT_EQ(featureCode(octets("1203423300 00"), TlvProperties), std::nullopt);
}

// The layout of PC/SC part 10, 2.6.14, as the CCID project's examples/scardcontrol.c reads it.
TEST(ReaderProperties, areLittleEndianNumbers) {
    const auto properties = octets("01020000 020107 0301 05 0A0400000100 0B02 4F0C 0C02 E905");
    EXPECT_EQ(readerProperty(properties, LongestApdu), 0x00010000U);
    EXPECT_EQ(readerProperty(properties, 0x0B), 0x0C4FU);
    EXPECT_EQ(readerProperty(properties, 0x02), 7U);
    EXPECT_EQ(readerProperty(properties, 0x09), std::nullopt);
}

TEST(ReaderProperties, areNothingWhereTheAnswerIsCutOrStrange) {
    EXPECT_EQ(readerProperty({}, LongestApdu), std::nullopt);
    EXPECT_EQ(readerProperty(octets("0A04000001"), LongestApdu), std::nullopt);
    EXPECT_EQ(readerProperty(octets("0A050000010000"), LongestApdu), std::nullopt);
    EXPECT_EQ(readerProperty(octets("0A"), LongestApdu), std::nullopt);
}

}  // namespace
}  // namespace zegel::drivers
