#include "station/authority/certificate_request.h"

#include "station/authority/subject.h"
#include "tests/service/authority/simulated_authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zegel::station {
namespace {

using testing::HasSubstr;
using tests::SigningKey;
using tests::wishFor;

Failure failureOf(const std::function<void()>& use) {
    try {
        use();
    } catch (const Failure& failure) {
        return failure;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Failure{Fault::Defect, ""};
}

TEST(CertificateRequest, isRefusedWhenTheChipSignsSomethingElse) {
    const SigningKey key{KeyAlgorithm::EcP256};
    const auto wrong = failureOf([&] {
        certificateRequestFor(wishFor(key), [&](SignatureScheme scheme, ByteView) {
            return key.sign(scheme, Bytes(32, 0x11));
        });
    });
    EXPECT_EQ(wrong.fault(), Fault::CardUntrusted);
    EXPECT_THAT(wrong.what(), HasSubstr("authenticity key's signature"));
}

TEST(CertificateRequest, isRefusedWhenAnotherKeySigns) {
    const SigningKey key{KeyAlgorithm::EcP256};
    const SigningKey other{KeyAlgorithm::EcP256};
    EXPECT_EQ(failureOf([&] { certificateRequestFor(wishFor(key), other.signer()); }).fault(),
              Fault::CardUntrusted);
}

TEST(CertificateRequest, isRefusedWhenTheChipSaysNothing) {
    const SigningKey key{KeyAlgorithm::EcP256};
    EXPECT_EQ(failureOf([&] {
                  certificateRequestFor(wishFor(key),
                                        [](SignatureScheme, ByteView) { return Bytes{}; });
              }).fault(),
              Fault::CardUntrusted);
}

TEST(CertificateRequest, isRefusedForASchemeThatTheKeyCannotDo) {
    const SigningKey key{KeyAlgorithm::EcP256};
    const auto wish =
        wishFor(key, Purpose::Authenticity, KeyAlgorithm::EcP256, SignatureScheme::RsaPkcs1Sha256);
    EXPECT_EQ(failureOf([&] { certificateRequestFor(wish, key.signer()); }).fault(), Fault::Defect);
}

TEST(CertificateRequest, namesANameThatIsTooLong) {
    const SigningKey key{KeyAlgorithm::EcP256};
    auto wish = wishFor(key);
    wish.subject.commonName = std::string(65, 'x');
    const auto tooLong = failureOf([&] { certificateRequestFor(wish, key.signer()); });
    EXPECT_EQ(tooLong.fault(), Fault::OrderUnusable);
    EXPECT_THAT(tooLong.what(), HasSubstr("commonName"));
}

TEST(CertificateRequest, carriesAnOinAndSixtyFourLettersOfAnyAlphabet) {
    const SigningKey key{KeyAlgorithm::EcP256};
    auto wish = wishFor(key);
    wish.subject.serialNumber = "00000099123456789000";
    wish.subject.commonName.clear();
    for (int i = 0; i < 64; ++i) {
        wish.subject.commonName += "Ж";
    }
    const auto der = certificateRequestFor(wish, key.signer());
    const auto* at = der.data();
    const openssl::RequestPtr request{d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size()))};
    ASSERT_TRUE(request);
    EXPECT_EQ(differenceIn(*X509_REQ_get_subject_name(request.get()), wish.subject), std::nullopt);
}

TEST(Subject, tellsEveryKindOfDifference) {
    const SubjectName wanted{"NL", "Zegel", "NTRNL-12345678", "TRIAL x", {}};
    auto told = wanted;
    told.organisation = "Zegel B.V.";
    EXPECT_EQ(differenceIn(*nameFrom(told), wanted),
              "subject organizationName is \"Zegel B.V.\", not \"Zegel\"");
    told = wanted;
    told.serialNumber = "00000099123456789000";
    EXPECT_EQ(differenceIn(*nameFrom(told), wanted),
              "subject has serialNumber \"00000099123456789000\", which was not asked");
    told = wanted;
    told.country.clear();
    EXPECT_EQ(differenceIn(*nameFrom(told), wanted), "subject lacks countryName \"NL\"");
    EXPECT_EQ(differenceIn(*nameFrom(wanted), wanted), std::nullopt);
}

TEST(RevocationReason, hasOneSpelling) {
    EXPECT_EQ(nameOf(RevocationReason::PrivilegeWithdrawn), "privilegeWithdrawn");
    EXPECT_EQ(nameOf(RevocationReason::CaCompromise), "cACompromise");
}

}  // namespace
}  // namespace zegel::station
