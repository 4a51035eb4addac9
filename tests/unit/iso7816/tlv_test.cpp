#include "drivers/iso7816/tlv.h"

#include "drivers/base/hex.h"
#include "drivers/base/secret.h"
#include "drivers/iso7816/status_word.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace zegel::iso7816 {
namespace {

Bytes octets(std::string_view hex) {
    return fromHex(hex).value();
}

std::string messageOf(const std::function<void()>& act, Fault expected) {
    try {
        act();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), expected) << failure.what();
        return failure.what();
    }
    ADD_FAILURE() << "nothing was refused";
    return {};
}

void expectRefused(std::string_view hex) {
    const auto input = octets(hex);
    messageOf(
        [&] {
            TlvReader reader{input};
            while (reader.next()) {
            }
        },
        Fault::CardUntrusted);
}

// X.690 8.1.3: short and long forms of the length; 8.1.2.4: tags of several octets.
TEST(TlvReader, takesShortAndLongLengthsAndTagsOfThreeOctets) {
    Bytes input = octets("53 02 0102 7F49 8103 AABBCC 5FC105 820001 DD 70 83000001 EE");
    TlvReader reader{input};
    const auto first = reader.next().value();
    EXPECT_EQ(first.tag, 0x53U);
    EXPECT_EQ(toHex(first.value), "0102");
    const auto second = reader.next().value();
    EXPECT_EQ(second.tag, 0x7F49U);
    EXPECT_EQ(toHex(second.value), "AABBCC");
    const auto third = reader.next().value();
    EXPECT_EQ(third.tag, 0x5FC105U);
    EXPECT_EQ(toHex(third.value), "DD");
    EXPECT_EQ(toHex(reader.next().value().value), "EE");
    EXPECT_FALSE(reader.next());
}

TEST(TlvReader, pointsIntoWhatItReads) {
    const auto input = octets("5303010203");
    const auto value = TlvReader{input}.next().value().value;
    EXPECT_EQ(value.data(), input.data() + 2);
}

TEST(TlvReader, refusesAnIndefiniteLength) {
    expectRefused("7080 0101 0000");
}

TEST(TlvReader, refusesALengthOfFourOctets) {
    expectRefused("70 84 00000001 AA");
    expectRefused("70 FF 01");
}

TEST(TlvReader, refusesALengthThatIsCutShort) {
    expectRefused("70");
    expectRefused("7082");
    expectRefused("708201");
}

TEST(TlvReader, refusesAValueThatRunsOverTheEnd) {
    expectRefused("700201");
    expectRefused("7083FFFFFF00");
}

TEST(TlvReader, refusesATagThatIsCutShortTooLongOrZero) {
    expectRefused("5F");
    expectRefused("5FC1");
    expectRefused("5FC1C10100");
    expectRefused("0000");
}

TEST(TlvReader, walksDeepNestingWithoutGoingDown) {
    Bytes nested;
    for (int depth = 0; depth < 1000; ++depth)
        nested = tlv(0x70, nested);
    TlvReader reader{nested};
    EXPECT_EQ(reader.next().value().value.size(), nested.size() - 4);
    EXPECT_FALSE(reader.next());
}

TEST(FindInTlv, givesTheFirstAtThisLevelOnly) {
    const auto input = octets("7003 810101 8101AA 8101BB");
    EXPECT_EQ(toHex(find(input, 0x81).value()), "AA");
    EXPECT_FALSE(find(input, 0x82));
}

TEST(RequireInTlv, followsAPathAndNamesWhatIsMissing) {
    const auto input = octets("7F49 05 86 03 040102");
    EXPECT_EQ(toHex(require(input, {0x7F49, 0x86}, "public key")), "040102");
    const auto message = messageOf(
        [&] {
            require(input, {0x7F49, 0x81}, "public key");
        },
        Fault::CardUntrusted);
    EXPECT_EQ(message, "the chip's public key lacks data object 81");
}

TEST(TlvWriter, writesTheShortestLengths) {
    EXPECT_EQ(toHex(tlv(0x5C, octets("5FC105"))), "5C035FC105");
    EXPECT_EQ(toHex(tlv(0x53, Bytes{})), "5300");
    EXPECT_EQ(toHex(tlv(0x53, Bytes(127))).substr(0, 4), "537F");
    EXPECT_EQ(toHex(tlv(0x53, Bytes(128))).substr(0, 6), "538180");
    EXPECT_EQ(toHex(tlv(0x53, Bytes(256))).substr(0, 8), "53820100");
    EXPECT_EQ(toHex(tlv(0x7F49, Bytes(65536))).substr(0, 12), "7F4983010000");
}

TEST(TlvWriter, fillsASecretOfTheExactSize) {
    SecretBytes secret{tlvSize(0x01, 128) + tlvSize(0x06, 2)};
    secret.fill([](std::span<std::uint8_t> out) {
        TlvWriter writer{out};
        std::ranges::fill(writer.room(0x01, 128), std::uint8_t{0xAB});
        writer.put(0x06, octets("CDEF"));
        EXPECT_TRUE(writer.full());
    });
    secret.disclose(Disclosure::ToCheck, [](ByteView written) {
        EXPECT_EQ(toHex(written.first(4)), "018180AB");
        EXPECT_EQ(toHex(written.last(4)), "0602CDEF");
    });
}

TEST(TlvWriter, refusesToWriteBeyondItsRoom) {
    Bytes out(3);
    TlvWriter writer{out};
    messageOf([&] { writer.put(0x53, octets("0102")); }, Fault::Defect);
}

TEST(TlvWriter, refusesWhatIsNoTagOrTooLong) {
    messageOf([] { tlvSize(0, 1); }, Fault::Defect);
    messageOf([] { tlvSize(0x01000000, 1); }, Fault::Defect);
    messageOf([] { tlvSize(0x53, 0x1000000); }, Fault::Defect);
}

TEST(StatusWordInWords, namesTheMeaningAndTheTriesLeft) {
    EXPECT_EQ(describe(sw::SecurityStatusNotSatisfied), "6982 (security status not satisfied)");
    EXPECT_EQ(describe(StatusWord{0x63C2}), "63C2 (refused, tries left: 2)");
    EXPECT_EQ(describe(StatusWord{0x6FA1}), "6FA1");
}

}  // namespace
}  // namespace zegel::iso7816
