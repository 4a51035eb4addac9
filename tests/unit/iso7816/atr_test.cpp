#include "drivers/iso7816/atr.h"

#include "drivers/base/hex.h"

#include <gtest/gtest.h>

namespace zegel::iso7816 {
namespace {

std::optional<Atr> parsed(std::string_view hex) {
    return parseAtr(fromHex(hex).value());
}

// YubiKey 5, as Ludovic Rousseau's public list of ATRs (smartcard_list.txt) has it.
TEST(Atr, tellsTheCapabilitiesOfAYubiKey) {
    const auto atr = parsed("3BFD1300008131FE158073C021C057597562694B657940").value();
    EXPECT_TRUE(atr.offersT1);
    EXPECT_FALSE(atr.offersT0);
    EXPECT_EQ(toHex(atr.historical), "8073C021C057597562694B6579");
    ASSERT_TRUE(atr.capabilities);
    EXPECT_TRUE(atr.capabilities->commandChaining);
    EXPECT_TRUE(atr.capabilities->extendedLength);
}

// YubiKey NEO, same list: it says chaining nowhere.
TEST(Atr, tellsNothingWhenTheCardSaysNothing) {
    const auto atr = parsed("3BFC1300008131FE15597562696B65794E454F7233E1").value();
    EXPECT_EQ(textOf(atr.historical), "YubikeyNEOr3");
    EXPECT_FALSE(atr.capabilities);
}

// Contactless storage-less T=CL card as pcsc-lite and vpcd present it.
TEST(Atr, takesAnAtrWithoutHistoricalBytes) {
    const auto atr = parsed("3B80800101").value();
    EXPECT_TRUE(atr.offersT0);
    EXPECT_TRUE(atr.offersT1);
    EXPECT_TRUE(atr.historical.empty());
}

// ISO/IEC 7816-3, 8.2.5: no TD octet means T=0 alone, and no check octet.
TEST(Atr, takesT0WhenNoProtocolIsNamed) {
    const auto atr = parsed("3B6500002063CB6A00").value();
    EXPECT_TRUE(atr.offersT0);
    EXPECT_FALSE(atr.offersT1);
    EXPECT_EQ(toHex(atr.historical), "2063CB6A00");
}

// Category 00: the last three historical bytes are the card's status, not compact TLV.
TEST(Atr, leavesTheStatusBytesOfCategoryZeroAlone) {
    const auto atr = parsed("3B68 0073 000040 7F 9000 00").value_or(Atr{});
    EXPECT_FALSE(atr.capabilities);
    const auto whole = parsed("3B68 0000 0073000040009000").value();
    ASSERT_TRUE(whole.capabilities);
    EXPECT_TRUE(whole.capabilities->extendedLength);
    EXPECT_FALSE(whole.capabilities->commandChaining);
}

TEST(Atr, refusesWhatIsNone) {
    EXPECT_FALSE(parsed(""));
    EXPECT_FALSE(parsed("3B"));
    EXPECT_FALSE(parsed("3C80800101"));
    EXPECT_FALSE(parsed("3B8080"));
    EXPECT_FALSE(parsed("3B8080010100"));
    EXPECT_FALSE(parseAtr(Bytes(40, 0x3B)));
}

TEST(Atr, refusesAWrongCheckOctet) {
    EXPECT_FALSE(parsed("3BFD1300008131FE158073C021C057597562694B657941"));
}

TEST(Atr, refusesProtocolOctetsThatNeverEnd) {
    EXPECT_FALSE(parsed("3B8080808080808080808080808080"));
}

TEST(ExtendedLength, isNotAssumedOfACardThatDoesNotSay) {
    EXPECT_TRUE(
        saysExtendedLength(fromHex("3BFD1300008131FE158073C021C057597562694B657940").value()));
    EXPECT_FALSE(saysExtendedLength(fromHex("3B80800101").value()));
    EXPECT_FALSE(saysExtendedLength({}));
}

}  // namespace
}  // namespace zegel::iso7816
