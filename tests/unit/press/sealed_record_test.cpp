#include "pinmailer/press/opening.h"
#include "tests/unit/press/made_letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace zegel::press {
namespace {

using testing::HasSubstr;
using tests::MadeHouse;

/// A letter as the station would sign it, with these codes in it, and what opening it comes to.
class LetterWithARecord : public testing::Test {
protected:
    Bytes recordFor(const seal::Bond& bond) const {
        const auto sealed = house_.sealer().seal(tests::madeCodes(), bond);
        return {sealed.der().begin(), sealed.der().end()};
    }

    std::string complaintOf(const Bytes& record) const {
        auto letter = tests::madeLetter();
        letter.sealedCodes = record;
        try {
            openLetter(house_.sealer().sign(seal::encode(letter)), house_.roomKey(),
                       *house_.station().certificate);
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::SealBroken) << failure.what();
            return failure.what();
        }
        return "opened";
    }

    MadeHouse house_;
};

TEST_F(LetterWithARecord, opensWhenTheyBelongTogether) {
    EXPECT_EQ(complaintOf(recordFor(tests::madeBond())), "opened");
}

TEST_F(LetterWithARecord, isRefusedWithTheRecordOfAnotherLetterByName) {
    auto another = tests::madeBond();
    another.letter = LetterId{"8b1d22"};
    another.order = OrderId{"2026-000124"};
    another.certificate = CertificateNumber{"ZGL-26-000013-2"};
    EXPECT_THAT(complaintOf(recordFor(another)), HasSubstr("belong to another letter"));
}

// The order was made twice: its first card was spoiled, and its letter destroyed.
TEST_F(LetterWithARecord, isRefusedWithTheReplayedRecordOfAnEarlierCardByName) {
    auto earlier = tests::madeBond();
    earlier.letter = LetterId{"5d5d5d"};
    earlier.chip = ChipSerial{"piv-00A1B2C2"};
    EXPECT_THAT(complaintOf(recordFor(earlier)), HasSubstr("belong to another letter"));
}

TEST_F(LetterWithARecord, isRefusedWithATruncatedRecordByName) {
    const auto record = recordFor(tests::madeBond());
    for (const auto kept : {1U, 20U, 200U}) {
        const Bytes cut{record.begin(), record.begin() + kept};
        EXPECT_THAT(complaintOf(cut), HasSubstr("cut, altered or foreign")) << kept;
    }
    EXPECT_THAT(complaintOf({record.begin(), record.end() - 1}),
                HasSubstr("cut, altered or foreign"));
}

TEST_F(LetterWithARecord, isRefusedWithAnAlteredRecordByName) {
    const auto record = recordFor(tests::madeBond());
    auto content = record;
    content[record.size() / 3] ^= 0x01U;
    EXPECT_THAT(complaintOf(content), HasSubstr("altered"));
    auto signature = record;
    signature.back() ^= 0x01U;
    EXPECT_THAT(complaintOf(signature), HasSubstr("the station's signature does not hold"));
}

TEST_F(LetterWithARecord, isRefusedWithARecordThatAnotherStationSealedByName) {
    const MadeHouse other;
    const auto sealed = other.sealer().seal(tests::madeCodes(), tests::madeBond());
    EXPECT_THAT(complaintOf({sealed.der().begin(), sealed.der().end()}),
                HasSubstr("somebody other than the station"));
}

}  // namespace
}  // namespace zegel::press
