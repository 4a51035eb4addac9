#include "station/journey/stages.h"

#include <gmock/gmock.h>

namespace zegel::station {
namespace {

using testing::IsSupersetOf;

TEST(NumbersOfACard, areAllThatStandOnPaperBesideACode) {
    Claim claim;
    claim.order.id = OrderId{"2026-000123"};
    claim.order.subject.kvkNumber = "69599084";
    claim.order.subject.oin = "00000099123456789000";
    claim.chip.serial = ChipSerial{"piv-00A1B2C3"};
    claim.number = CertificateNumber{"ZG-2026-000123-02"};
    EXPECT_THAT(numbersOf(claim), IsSupersetOf({"2026-000123", "69599084", "00000099123456789000",
                                                "piv-00A1B2C3", "ZG-2026-000123-02"}));
}

}  // namespace
}  // namespace zegel::station
