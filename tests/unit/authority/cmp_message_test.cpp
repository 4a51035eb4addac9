#include "station/authority/cmp_message.h"

#include <gtest/gtest.h>
#include <openssl/cmp.h>

namespace zegel::station {
namespace {

// RFC 4210, appendix F, PKIFailureInfo: the bits that decide what a station does.
TEST(FailInfo, hasTheNamesOfTheStandard) {
    EXPECT_EQ(namesOfFailInfo(1 << 10), "certRevoked");
    EXPECT_EQ(namesOfFailInfo(1 << 11), "certConfirmed");
    EXPECT_EQ(namesOfFailInfo(1 << 19 | 1 << 23), "badCertTemplate, notAuthorized");
    EXPECT_EQ(namesOfFailInfo(1 << 26), "duplicateCertReq");
    EXPECT_EQ(namesOfFailInfo(0), "no failInfo");
    EXPECT_EQ(OSSL_CMP_PKIFAILUREINFO_notAuthorized, 23);
}

TEST(WeakProtection, isNotReadOutOfGarbage) {
    EXPECT_EQ(whyProtectionIsWeak({}), std::nullopt);
    for (std::size_t length = 1; length < 64; ++length) {
        EXPECT_EQ(whyProtectionIsWeak(Bytes(length, 0x30)), std::nullopt);
        EXPECT_EQ(whyProtectionIsWeak(Bytes(length, 0xFF)), std::nullopt);
        EXPECT_EQ(certificateWith(Bytes(length, 0x30)), nullptr);
        EXPECT_EQ(certificateWith(Bytes(length, 0xA1)), nullptr);
    }
}

}  // namespace
}  // namespace zegel::station
