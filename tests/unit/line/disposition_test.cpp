#include "station/line/disposition.h"

#include <gtest/gtest.h>

#include <map>

namespace zegel::station {
namespace {

constexpr Fault EveryFault[]{Fault::SettingUnusable,
                             Fault::OrderUnusable,
                             Fault::ReaderUnavailable,
                             Fault::CardPulled,
                             Fault::CardUnsuitable,
                             Fault::CardRefused,
                             Fault::CardUntrusted,
                             Fault::AuthorityRefused,
                             Fault::AuthorityUnavailable,
                             Fault::TokenUnavailable,
                             Fault::LedgerUnwritable,
                             Fault::LetterUnusable,
                             Fault::PrinterUnavailable,
                             Fault::StationUnavailable,
                             Fault::SealBroken,
                             Fault::RequestRefused,
                             Fault::Defect};

// The table of design truth: what may be called free was never changed.
TEST(Disposition, neverCallsAChangedChipFree) {
    for (const auto fault : EveryFault) {
        SCOPED_TRACE(nameOf(fault));
        EXPECT_EQ(ruleOn(fault, Milestone::ChipChanged).card, CardEnd::Spoil);
        EXPECT_EQ(ruleOn(fault, Milestone::CertificateIssued).card, CardEnd::Spoil);
    }
}

TEST(Disposition, neverSpoilsAnUntouchedChip) {
    for (const auto fault : EveryFault) {
        EXPECT_EQ(ruleOn(fault, Milestone::NothingIrreversible).card, CardEnd::Free)
            << nameOf(fault);
    }
}

TEST(Disposition, aCardsFaultNeverCostsTheOrder) {
    for (const auto fault : {Fault::CardPulled, Fault::CardRefused, Fault::CardUntrusted,
                             Fault::CardUnsuitable, Fault::ReaderUnavailable}) {
        for (const auto milestone : {Milestone::NothingIrreversible, Milestone::ChipChanged,
                                     Milestone::CertificateIssued}) {
            EXPECT_EQ(ruleOn(fault, milestone).order, OrderEnd::Queue) << nameOf(fault);
        }
    }
}

TEST(Disposition, anAuthorityThatIsAwayPausesTheLineAndKeepsTheOrder) {
    for (const auto milestone :
         {Milestone::NothingIrreversible, Milestone::ChipChanged, Milestone::CertificateIssued}) {
        const auto ruling = ruleOn(Fault::AuthorityUnavailable, milestone);
        EXPECT_EQ(ruling.order, OrderEnd::Queue);
        EXPECT_EQ(ruling.line, LineEnd::PauseLine);
    }
}

TEST(Disposition, anAuthorityThatRefusesHoldsTheOrderForAPerson) {
    EXPECT_EQ(ruleOn(Fault::AuthorityRefused, Milestone::ChipChanged).order, OrderEnd::Hold);
}

TEST(Disposition, anOrderThatFitsItsProfileNoMoreWaitsForAPerson) {
    for (const auto milestone :
         {Milestone::NothingIrreversible, Milestone::ChipChanged, Milestone::CertificateIssued}) {
        EXPECT_EQ(ruleOn(Fault::OrderUnusable, milestone).order, OrderEnd::Hold);
    }
}

TEST(Disposition, blamesTheCardForItsAnswersAndTheReaderForWhatItLostOfAChangedOne) {
    enum class Blamed { Nobody, Card, Reader };
    const std::map<Fault, Blamed> blamed{{Fault::CardPulled, Blamed::Reader},
                                         {Fault::ReaderUnavailable, Blamed::Reader},
                                         {Fault::CardUnsuitable, Blamed::Card},
                                         {Fault::CardRefused, Blamed::Card},
                                         {Fault::CardUntrusted, Blamed::Card}};
    for (const auto fault : EveryFault) {
        SCOPED_TRACE(nameOf(fault));
        const auto row = blamed.find(fault);
        const auto whom = row == blamed.end() ? Blamed::Nobody : row->second;
        EXPECT_EQ(blamesCard(fault), whom == Blamed::Card);
        EXPECT_FALSE(blamesReader(fault, Milestone::NothingIrreversible))
            << "hands pull cards, too";
        EXPECT_EQ(blamesReader(fault, Milestone::ChipChanged), whom == Blamed::Reader);
        EXPECT_EQ(blamesReader(fault, Milestone::CertificateIssued), whom == Blamed::Reader);
    }
}

TEST(Disposition, whatCannotBeRecordedStopsTheStation) {
    for (const auto fault : {Fault::LedgerUnwritable, Fault::Defect}) {
        EXPECT_EQ(ruleOn(fault, Milestone::ChipChanged).line, LineEnd::StopStation);
        EXPECT_EQ(ruleOn(fault, Milestone::NothingIrreversible).line, LineEnd::StopStation);
    }
}

}  // namespace
}  // namespace zegel::station
