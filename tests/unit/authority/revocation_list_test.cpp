#include "station/authority/revocation_list.h"

#include "tests/unit/authority/made_crl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

namespace zegel::station {
namespace {

using testing::HasSubstr;
using tests::CrlWish;
using tests::MadeCa;
using tests::madeCrl;

class RevocationLists : public ::testing::Test {
protected:
    RevocationList believed(const CrlWish& wish) {
        return RevocationList::believed(madeCrl(ca, wish), trusted, now());
    }
    std::string disbeliefOf(const Bytes& octets) {
        try {
            RevocationList::believed(octets, trusted, now());
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::AuthorityUnavailable);
            return failure.what();
        }
        return "believed";
    }
    std::string disbeliefOf(const CrlWish& wish) { return disbeliefOf(madeCrl(ca, wish)); }
    static TimePoint now() { return SystemClock{}.now(); }

    MadeCa ca{"Issuing CA"};
    std::vector<openssl::CertificatePtr> trusted = ca.trusted();
};

// Numbers and names as RFC 5280, 5.3.1 has them.
TEST_F(RevocationLists, tellEachReasonByItsName) {
    const auto list = believed({.revoked = {{0x10, 0},
                                            {0x11, 1},
                                            {0x12, 2},
                                            {0x13, 3},
                                            {0x14, 4},
                                            {0x15, 5},
                                            {0x16, 6},
                                            {0x19, 9},
                                            {0x1A, 10}}});
    EXPECT_EQ(list.reasonOf("10"), "unspecified");
    EXPECT_EQ(list.reasonOf("11"), "keyCompromise");
    EXPECT_EQ(list.reasonOf("12"), "cACompromise");
    EXPECT_EQ(list.reasonOf("13"), "affiliationChanged");
    EXPECT_EQ(list.reasonOf("14"), "superseded");
    EXPECT_EQ(list.reasonOf("15"), "cessationOfOperation");
    EXPECT_EQ(list.reasonOf("16"), "certificateHold") << "6 is not privilegeWithdrawn";
    EXPECT_EQ(list.reasonOf("19"), "privilegeWithdrawn");
    EXPECT_EQ(list.reasonOf("1A"), "aACompromise");
}

TEST_F(RevocationLists, findASerialHoweverItIsWrittenAndNoOther) {
    const auto list = believed({.revoked = {{0xABCD, 1}}});
    EXPECT_EQ(list.reasonOf("ABCD"), "keyCompromise");
    EXPECT_EQ(list.reasonOf("00ABCD"), "keyCompromise");
    EXPECT_EQ(list.reasonOf("ABCE"), std::nullopt);
    EXPECT_EQ(list.reasonOf(""), std::nullopt);
    EXPECT_EQ(list.reasonOf("XY"), std::nullopt);
}

TEST_F(RevocationLists, areReadInPemToo) {
    const auto der = madeCrl(ca, {.revoked = {{0x11, 4}}});
    const auto* at = der.data();
    const openssl::CrlPtr list{d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size()))};
    const openssl::BioPtr out{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509_CRL(out.get(), list.get());
    char* text = nullptr;
    const auto length = BIO_get_mem_data(out.get(), &text);
    const Bytes pem{text, text + length};
    EXPECT_EQ(RevocationList::believed(pem, trusted, now()).reasonOf("11"), "superseded");
}

TEST_F(RevocationLists, areNotBelievedWhenTheCaDidNotSignThem) {
    const MadeCa namesake{"Issuing CA"};
    const MadeCa stranger{"Another CA"};
    EXPECT_THAT(disbeliefOf(madeCrl(ca, {}, namesake.key())), HasSubstr("is not signed by the CA"));
    EXPECT_THAT(disbeliefOf(madeCrl(stranger, {})), HasSubstr("is of another CA"));
    auto altered = madeCrl(ca, {.revoked = {{0x1234567, 1}}});
    const Bytes serial{0x01, 0x23, 0x45, 0x67};
    *std::search(altered.begin(), altered.end(), serial.begin(), serial.end()) = 0x02;
    EXPECT_THAT(disbeliefOf(altered), HasSubstr("is not signed by the CA"));
    EXPECT_THAT(disbeliefOf(CrlWish{.digest = EVP_sha1()}), HasSubstr("weak digest"));
    const MadeCa maySignNoLists{"Issuing CA", "critical,keyCertSign"};
    trusted = maySignNoLists.trusted();
    EXPECT_THAT(disbeliefOf(madeCrl(maySignNoLists, {})), HasSubstr("is not signed by the CA"));
}

TEST_F(RevocationLists, areNotBelievedOutOfTheirTime) {
    EXPECT_THAT(disbeliefOf(CrlWish{.lastUpdate = -7200, .nextUpdate = -10}),
                HasSubstr("out of date"));
    EXPECT_THAT(disbeliefOf(CrlWish{.lastUpdate = 3000}), HasSubstr("begins in the future"));
    EXPECT_EQ(disbeliefOf(CrlWish{.lastUpdate = 60}), "believed") << "clocks differ a little";
}

TEST_F(RevocationLists, areNotBelievedWhenTheyTellOfSomeCertificatesOnly) {
    EXPECT_THAT(disbeliefOf(CrlWish{.delta = true}), HasSubstr("delta CRL"));
    for (const auto* point : {"critical,indirectCRL:TRUE", "critical,onlyCA:TRUE",
                              "critical,onlysomereasons:keyCompromise"}) {
        EXPECT_THAT(disbeliefOf(CrlWish{.issuingPoint = point}),
                    HasSubstr("does not tell of all certificates"))
            << point;
    }
    EXPECT_EQ(disbeliefOf(CrlWish{.issuingPoint = "critical,onlyuser:TRUE"}), "believed");
}

TEST_F(RevocationLists, areNotBelievedWhenTheyAreNone) {
    const auto whole = madeCrl(ca, {.revoked = {{0x11, 1}}});
    for (const auto& none :
         {Bytes{}, bytesOf("<html>not found</html>"), Bytes{whole.begin(), whole.end() - 1},
          Bytes{whole.begin(), whole.begin() + 20}}) {
        EXPECT_THAT(disbeliefOf(none), HasSubstr("is no CRL"));
    }
    auto more = whole;
    more.push_back(0);
    EXPECT_THAT(disbeliefOf(more), HasSubstr("is no CRL"));
}

TEST_F(RevocationLists, tellOfTheirCasCertificatesOnly) {
    const MadeCa other{"Another CA"};
    const auto list = believed({});
    EXPECT_TRUE(list.tellsOf(openssl::toDer(ca.certificate())));
    EXPECT_FALSE(list.tellsOf(openssl::toDer(other.certificate())));
}

}  // namespace
}  // namespace zegel::station
