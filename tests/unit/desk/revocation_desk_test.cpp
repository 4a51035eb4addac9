#include "station/desk/revocation_desk.h"

#include "pinmailer/seal/codes.h"
#include "station/orders/certificate_number.h"
#include "tests/unit/ledger/issued_card.h"

#include <gmock/gmock.h>

#include <fstream>

namespace zegel::station {
namespace {

using testing::HasSubstr;
using testing::Not;

SecretBytes typed(std::string_view text) {
    return secretOf(bytesOf(text));
}

/// A card with a code of its own, drawn as for any other.
class RevocationAtTheDesk : public IssuedCards {
protected:
    RevocationAtTheDesk() : claim_(card("O1", "0A", seal::hashOfRevocation(codes_.revocation))) {}

    RevocationRequest request(const std::string& number) const {
        return {"R-1", number, RevocationReason::KeyCompromise, {"Portal", "sha256:01"}};
    }
    CodeVerdict judge(const std::string& number, const SecretBytes& code) {
        return desk_.judge(request(number), code);
    }
    std::string objectionTo(const std::string& number, const SecretBytes& code) {
        try {
            judge(number, code);
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::OrderUnusable);
            return failure.what();
        }
        return "judged";
    }
    std::string numberOfCard() { return entry("O1").number->value(); }
    static seal::Codes drawn() { return seal::drawCodes({}, {}); }

    seal::Codes codes_ = drawn();
    seal::Codes others_ = drawn();
    Claim claim_;
    RevocationDesk desk_{*ledger_};
};

TEST_F(RevocationAtTheDesk, takesTheCardByAnyOfItsNumbers) {
    for (const auto& number :
         {numberOfCard(), std::string{"0A01"}, std::string{"a:02"}, std::string{"PIV-000a"}}) {
        auto verdict = judge(number, codes_.revocation);
        ASSERT_EQ(verdict.kind, CodeVerdict::Kind::Right) << number;
        verdict.revocation->id += number;
        EXPECT_EQ(verdict.revocation->order, OrderId{"O1"});
        EXPECT_EQ(verdict.revocation->reason, "keyCompromise");
        ledger_->revocations().revoke(*verdict.revocation);
    }
    EXPECT_EQ(stateOf(claim_), CardState::Revoked);
}

TEST_F(RevocationAtTheDesk, answersAWrongCodeAndANumberThatNoCardHasAlike) {
    for (const auto& number : {numberOfCard(), certificateNumber("ZG", 2026, 999999).value(),
                               std::string{"0BAD"}, std::string{"piv-FF"}}) {
        for (int wrong = 0; wrong < 5; ++wrong)
            EXPECT_EQ(judge(number, others_.revocation).kind, CodeVerdict::Kind::Wrong) << number;
        EXPECT_EQ(judge(number, codes_.revocation).kind, CodeVerdict::Kind::NotNow) << number;
    }
    EXPECT_EQ(stateOf(claim_), CardState::Proved);
    EXPECT_THAT(trailOf("BAD"), testing::Contains("Portal: revocation refused"));
}

TEST_F(RevocationAtTheDesk, looksAtNoMoreCodesForTheOtherNumbersOfACard) {
    for (const auto& number :
         {numberOfCard(), std::string{"0A01"}, std::string{"0A02"}, std::string{"piv-000A"}})
        EXPECT_EQ(judge(number, others_.revocation).kind, CodeVerdict::Kind::Wrong) << number;
    EXPECT_EQ(judge("0A02", others_.revocation).kind, CodeVerdict::Kind::Wrong);
    EXPECT_EQ(judge("0A01", codes_.revocation).kind, CodeVerdict::Kind::NotNow);
}

TEST_F(RevocationAtTheDesk, countsNoSlipOfTheFinger) {
    const auto broken = typed("ABCD EFGH JKM0");  // no 0 in any code
    for (int slip = 0; slip < 20; ++slip)
        EXPECT_THAT(objectionTo(numberOfCard(), broken), HasSubstr("code: is no revocation"));
    EXPECT_EQ(judge(numberOfCard(), codes_.revocation).kind, CodeVerdict::Kind::Right);
}

TEST_F(RevocationAtTheDesk, takesNoCodeForANumber) {
    for (const auto* code : {"CDEF CDEF CDEF", "cdef-cdef-cdef"})
        EXPECT_THAT(objectionTo("CDEFCDEFCDEF", typed(code)), HasSubstr("number: is the code"));
    EXPECT_TRUE(trailOf("CDEFCDEFCDEF").empty());
}

TEST_F(RevocationAtTheDesk, keepsNoPinThatSomebodyTypedForANumber) {
    for (const auto* pin : {"8361", "083 615", "836150274918"}) {
        const auto objection = objectionTo(pin, codes_.revocation);
        EXPECT_THAT(objection, HasSubstr("number: is as short as a PIN"));
        EXPECT_THAT(objection, Not(HasSubstr("8361"))) << pin;
    }
    std::string all;
    for (const auto& record : ledger_->auditTrail())
        all += record.subject + record.why;
    EXPECT_THAT(all, Not(HasSubstr("836")));
    EXPECT_EQ(judge("8361502749180", codes_.revocation).kind, CodeVerdict::Kind::Wrong)
        << "a serial, though an odd one";
}

TEST_F(RevocationAtTheDesk, quotesNothingThatMayBeACode) {
    const auto swapped = objectionTo("ABCD EFGH JKMN", codes_.revocation);
    EXPECT_THAT(swapped, HasSubstr("number: is neither"));
    EXPECT_THAT(swapped, Not(HasSubstr("ABCD")));
    EXPECT_THAT(objectionTo(numberOfCard(), typed("0123 SECRET")), Not(HasSubstr("SECRET")));
}

TEST_F(RevocationAtTheDesk, keepsTheCodeNowhereInTheLedger) {
    judge(numberOfCard(), others_.revocation);
    const auto verdict = judge(numberOfCard(), codes_.revocation);
    ledger_->revocations().revoke(*verdict.revocation);
    std::string all;
    for (const auto& file : std::filesystem::directory_iterator{folder_}) {
        std::ifstream in{file.path(), std::ios::binary};
        all.append(std::istreambuf_iterator<char>{in}, {});
    }
    for (const auto* codes : {&codes_, &others_}) {
        codes->revocation.disclose(Disclosure::ToCheck, [&](ByteView code) {
            EXPECT_EQ(all.find(textOf(code)), std::string::npos);
        });
    }
}

TEST(RevocationReasons, areThoseForGood) {
    EXPECT_EQ(cardReasonFrom("privilegeWithdrawn", "reason"), RevocationReason::PrivilegeWithdrawn);
    for (const auto* none : {"certificateHold", "6", "9", "keycompromise", "removeFromCRL", ""}) {
        try {
            cardReasonFrom(none, "crlReason");
            ADD_FAILURE() << none;
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::OrderUnusable);
            EXPECT_THAT(failure.what(), HasSubstr("crlReason: is none of unspecified"));
        }
    }
}

TEST(RevocableNumber, isOneOfThreeAndNothingElse) {
    EXPECT_EQ(revocableNumberFrom("0A:0b:0C"), "A0B0C");
    EXPECT_EQ(revocableNumberFrom("Piv-00a1b2c3"), "piv-00A1B2C3");
    EXPECT_EQ(revocableNumberFrom("01-77-0a"), "1770A") << "a serial, as a receipt may have it";
    for (const auto* none : {"", "A", "-12", "12-", "piv-", "piv-XY", "pi v-", "hello", "p!v-12",
                             "00112233445566778899AABBCCDDEEFF0011223344", "00", "00:00"}) {
        EXPECT_EQ(revocableNumberFrom(none), std::nullopt) << none;
    }
}

}  // namespace
}  // namespace zegel::station
