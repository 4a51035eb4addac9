#include "drivers/pkcs11/house_certificate.h"
#include "hwsim/chips/data_object.h"
#include "hwsim/chips/piv_attestation.h"
#include "tests/full_disk.h"
#include "tests/house/truths.h"
#include "tests/test_name.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace zegel::tests {
namespace {

using station::OrderState;
using station::ReaderStatus;

const ReaderName Desk{"Zegel Virtual Card Reader 00 00"};
const ReaderName Stick{"Zegel Virtual Token 00 00"};

class Walk : public ::testing::Test {
protected:
    Walk() { house.bench.addReader(Desk); }

    std::shared_ptr<hwsim::PivChip> insertBlank(const std::string& model = "5.7",
                                                const ReaderName& reader = Desk) {
        chips.push_back(hwsim::blankPivChip(model, ++serial));
        house.bench.insert(reader, chips.back());
        return chips.back();
    }
    bool becomes(const OrderId& order, OrderState state) {
        return house.await([&] { return house.stateOf(order) == state; });
    }
    bool readerBecomes(ReaderStatus::State state, const ReaderName& reader = Desk) {
        return house.await([&] { return house.statusOf(reader).state == state; });
    }
    /// For chips that do not attest their keys.
    void contentWithoutAttestation() {
        using cardprofiles::Attestation;
        for (auto& [name, profile] : house.profiles) {
            for (auto& key : profile.keys) {
                if (key.attestation == Attestation::Required) key.attestation = Attestation::Wanted;
            }
        }
    }
    std::string proofOf(const OrderId& order) {
        return house.ledger->proof(order).value_or("no proof");
    }
    std::string all() {
        std::string text;
        for (const auto& line : house.told())
            text += line + "\n";
        return text;
    }

    House house;
    std::vector<std::shared_ptr<hwsim::PivChip>> chips;
    std::uint32_t serial = 0x00A10000;
};

/// A chip whose answer or hearing is bent for one command.
class BentChip final : public hwsim::Chip {
public:
    using Bend = std::function<void(Bytes& command)>;
    BentChip(std::shared_ptr<hwsim::PivChip> chip, Bend bend)
        : chip_(std::move(chip)), bend_(std::move(bend)) {}

    const std::string& serial() const noexcept override { return chip_->serial(); }
    Bytes atr() const override { return chip_->atr(); }
    void powerOn() override { chip_->powerOn(); }
    void powerOff() noexcept override { chip_->powerOff(); }
    Bytes exchange(ByteView command) override {
        Bytes heard{command.begin(), command.end()};
        bend_(heard);
        return chip_->exchange(heard);
    }
    std::uint64_t changes() const noexcept override { return chip_->changes(); }

private:
    std::shared_ptr<hwsim::PivChip> chip_;
    Bend bend_;
};

class WalkOf : public Walk,
               public ::testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(WalkOf, turnsAnOrderIntoAProvedCardAndAHeldLetter) {
    const auto [profile, model] = GetParam();
    if (!hwsim::pivModelNamed(model).attests) contentWithoutAttestation();
    const bool token = std::string{profile}.find("token") != std::string::npos;
    if (token) house.bench.addReader(Stick);
    const auto order = house.accept(profile);
    const auto chip = insertBlank(model, token ? Stick : Desk);
    house.startLine();
    ASSERT_TRUE(house.await([&] { return house.stateOf(order) == OrderState::Produced; },
                            std::chrono::seconds{120}))
        << all();
    EXPECT_EQ(house.entry(order).letterState, station::LetterState::Held);
    EXPECT_EQ(house.ledger->certificates(order).size(), 3U);
    EXPECT_EQ(proofOf(order).find("attestation verified under Zegel Simulated Chip Maker") !=
                  std::string::npos,
              chip->memory().model.attests)
        << proofOf(order);
    EXPECT_EQ(expectTruths(house, chips), 1);
}

INSTANTIATE_TEST_SUITE_P(ProfilesAndChips, WalkOf,
                         ::testing::Values(std::pair{"group-card-p256", "5.7"},
                                           std::pair{"group-card-p256", "5.4"},
                                           std::pair{"group-card-p256", "applet+serial"},
                                           std::pair{"group-card-p256", "5.7-extended"},
                                           std::pair{"group-card-p256", "5.7-metadata"},
                                           std::pair{"group-card-rsa2048", "5.4"},
                                           std::pair{"group-card-rsa3072", "5.7"},
                                           std::pair{"group-token-p256", "5.7"}),
                         ByBothTexts);

TEST_F(Walk, letsTheCaWorkOnOneKeyWhileTheChipMakesTheNext) {
    constexpr std::uint8_t Generate = 0x47;  // SP 800-73-4 part 2, 3.3.2
    const auto order = house.accept();
    std::atomic<int> made{0};
    std::atomic<bool> answered{false};
    const auto issued = [&] {
        return std::ranges::any_of(house.ledger->certificates(order), [](const auto& certificate) {
            return certificate.state == station::CertificateState::Issued;
        });
    };
    chips.push_back(hwsim::blankPivChip("5.7", ++serial));
    house.bench.insert(
        Desk, std::make_shared<BentChip>(chips.back(), [&](Bytes& command) {
            if (command[1] != Generate || ++made != 2) return;
            const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds{20};
            while (!(answered = issued()) && std::chrono::steady_clock::now() < latest) {
                std::this_thread::sleep_for(std::chrono::milliseconds{1});
            }
        }));
    house.startLine();
    EXPECT_TRUE(becomes(order, OrderState::Produced)) << all();
    EXPECT_TRUE(answered) << "the first answer came before the second key was made";
    EXPECT_EQ(expectTruths(house, chips), 1);
}

TEST_F(Walk, drawsAnotherCodeWhenTheChipFindsItTooWeak) {
    const auto order = house.accept();
    insertBlank("5.7+complexity");
    house.startLine();
    EXPECT_TRUE(becomes(order, OrderState::Produced)) << all();
    EXPECT_EQ(expectTruths(house, chips), 1);
}

TEST_F(Walk, issuesNoCardWhoseCodesMayBeTriedMoreOftenThanTheProfileSays) {
    for (const std::size_t code : {2U, 3U}) {  // P1: the PIN's tries, P2: the PUK's
        chips.push_back(hwsim::blankPivChip("5.7", ++serial));
        house.bench.insert(Desk, std::make_shared<BentChip>(chips.back(), [=](Bytes& command) {
                               if (command[1] == 0xFA) command[code] = 9;
                           }));
        const auto order = house.accept();
        if (code == 2U) house.startLine();
        ASSERT_TRUE(house.await([&] {
            const auto card = house.ledger->card(serialOf(*chips.back()));
            return card && card->state == station::CardState::Spoiled;
        })) << all();
        const auto reason = house.ledger->card(serialOf(*chips.back()))->reason;
        EXPECT_NE(reason.find(code == 2U ? "9 tries of the PIN" : "9 tries of the PUK"),
                  std::string::npos)
            << reason;
        EXPECT_EQ(house.stateOf(order), OrderState::Queued);
        house.bench.pull(Desk);
    }
    EXPECT_EQ(expectTruths(house, chips), 0);
}

/// A chip that vouches for itself: its attestation key was never certified by the maker.
hwsim::PivMemory withAttestationOfItsOwn(hwsim::PivMemory memory) {
    const auto key = hwsim::KeyPair::generated(hwsim::piv::EcP256);
    const auto now = SystemClock{}.now();
    const auto certificate = pkcs11::selfSignedCertificate(
        *key.handle(), {"NL", "Nobody", "Zegel Simulated Chip Maker", "keyCertSign", {}},
        now - std::chrono::hours{1}, now + std::chrono::days{30});
    auto object = hwsim::dataObject(0x70, openssl::toDer(*certificate));
    hwsim::appendDataObject(object, 0x71, Bytes{0x00});
    memory.objects[hwsim::AttestationObject] = std::move(object);
    memory.keys.insert_or_assign(
        hwsim::AttestationSlot,
        hwsim::StoredKey{key, hwsim::KeyOrigin::Generated, hwsim::policy::PinNever,
                         hwsim::policy::TouchNever});
    return memory;
}

TEST_F(Walk, rejectsAChipWhoseAttestationLeadsToNoMaker) {
    const auto order = house.accept();
    chips.push_back(std::make_shared<hwsim::PivChip>(
        withAttestationOfItsOwn(hwsim::blankMemory(hwsim::pivModelNamed("5.7"), 78))));
    house.bench.insert(Desk, chips.back());
    house.startLine();
    ASSERT_TRUE(readerBecomes(ReaderStatus::State::Attention)) << all();
    EXPECT_NE(house.statusOf(Desk).message.find("attestation_roots"), std::string::npos)
        << house.statusOf(Desk).message;
    EXPECT_EQ(house.stateOf(order), OrderState::Queued);
    EXPECT_EQ(house.ledger->card(serialOf(*chips.back()))->state, station::CardState::Spoiled);
    EXPECT_EQ(house.ledger->certificates(order).size(), 0U) << "none was asked for";
}

TEST_F(Walk, rejectsAChipThatGivesNoAttestationWhereTheProfileRequiresIt) {
    const auto order = house.accept();
    const auto chip = insertBlank("5.4-attestation");  // it says that it attests, and does not
    house.startLine();
    ASSERT_TRUE(readerBecomes(ReaderStatus::State::Attention)) << all();
    EXPECT_NE(house.statusOf(Desk).message.find("the profile requires it"), std::string::npos)
        << house.statusOf(Desk).message;
    EXPECT_EQ(house.stateOf(order), OrderState::Queued);
    EXPECT_EQ(house.ledger->certificates(order).size(), 0U) << "none was asked for";
    EXPECT_EQ(house.ledger->card(serialOf(*chip))->state, station::CardState::Spoiled);
}

TEST_F(Walk, makesACardOfAChipThatDoesNotAttestWhereThatIsOnlyWanted) {
    contentWithoutAttestation();
    const auto order = house.accept();
    insertBlank("5.4-attestation");
    house.startLine();
    ASSERT_TRUE(becomes(order, OrderState::Produced)) << all();
    EXPECT_NE(proofOf(order).find("the chip does not attest"), std::string::npos) << proofOf(order);
}

TEST_F(Walk, callsAnAttestationNotVerifiedWhenNoMakerIsTrusted) {
    contentWithoutAttestation();
    house.attestationRoots = station::AttestationRoots{};
    const auto order = house.accept();
    insertBlank();
    house.startLine();
    ASSERT_TRUE(becomes(order, OrderState::Produced)) << all();
    EXPECT_NE(proofOf(order).find("attested by the chip's own word only"), std::string::npos)
        << proofOf(order);
    EXPECT_EQ(proofOf(order).find("verified"), std::string::npos) << proofOf(order);
}

TEST_F(Walk, recordsTheTriesItSawAndThoseItCouldNotSee) {
    const auto first = house.accept();
    insertBlank();
    house.startLine();
    ASSERT_TRUE(becomes(first, OrderState::Produced)) << all();
    EXPECT_NE(proofOf(first).find("PIN tries: 3\nPUK tries: 3\n"), std::string::npos)
        << proofOf(first);
    house.bench.pull(Desk);
    const auto second = house.accept();
    insertBlank("5.7-metadata");
    ASSERT_TRUE(becomes(second, OrderState::Produced)) << all();
    EXPECT_NE(proofOf(second).find("PIN tries: 3\nPUK tries: set, and not told by the chip\n"),
              std::string::npos)
        << proofOf(second);
}

TEST_F(Walk, givesCardsOfAGroupTheSameConfidentialityKey) {
    const auto first = house.accept("group-card-p256", "shared");
    const auto second = house.accept("group-card-p256", "shared");
    house.startLine();
    insertBlank();
    ASSERT_TRUE(becomes(first, OrderState::Produced)) << all();
    house.bench.pull(Desk);
    insertBlank();
    ASSERT_TRUE(becomes(second, OrderState::Produced)) << all();
    const auto confidentiality = [&](const OrderId& order) {
        for (const auto& certificate : house.ledger->certificates(order)) {
            if (certificate.purpose != Purpose::Confidentiality) continue;
            const auto x509 = openssl::certificateFromDer(certificate.der);
            return openssl::toSpki(*X509_get0_pubkey(x509.get()));
        }
        return Bytes{};
    };
    EXPECT_FALSE(confidentiality(first).empty());
    EXPECT_EQ(confidentiality(first), confidentiality(second));
    EXPECT_EQ(std::distance(fs::directory_iterator{house.folder / "escrow"}, {}), 1)
        << "one escrow copy of one key";
}

TEST_F(Walk, putsNoKeyOfAnotherAlgorithmOnACardAfterTheProfileChanged) {
    const auto first = house.accept("group-card-p256", "shared");
    house.startLine();
    insertBlank();
    ASSERT_TRUE(becomes(first, OrderState::Produced)) << all();
    house.stopLine();
    house.bench.pull(Desk);

    // The confidentiality key of the one profile is the other's from now on.
    const auto& rsa = house.profiles.at("group-card-rsa2048").keys;
    for (auto& rule : house.profiles.at("group-card-p256").keys) {
        if (rule.purpose != Purpose::Confidentiality) continue;
        rule = *std::ranges::find(rsa, rule.purpose, &cardprofiles::KeyRule::purpose);
    }
    const auto second = house.accept("group-card-p256", "shared");
    const auto chip = insertBlank();
    house.startLine();
    ASSERT_TRUE(becomes(second, OrderState::OnHold)) << all();
    const auto reason = house.entry(second).reason;
    for (const auto* word : {"group shared of 12345678", "group-card-p256", "rsa-2048", "256 bits",
                             "put the profile back"}) {
        EXPECT_NE(reason.find(word), std::string::npos) << word << " in: " << reason;
    }
    EXPECT_EQ(house.ledger->card(serialOf(*chip))->state, station::CardState::Blank);

    // No order of the group is open any more: the old key goes, and the group gets a new one.
    house.ledger->decide({"D1", second, station::Decision::Act::Cancel, "me", "sent again"});
    house.ledger->forgetFinishedGroupKeys();
    const auto third = house.accept("group-card-p256", "shared");
    ASSERT_TRUE(becomes(third, OrderState::Produced)) << all();
    EXPECT_EQ(expectTruths(house, chips), 2);
}

TEST_F(Walk, doesNotTouchACardThatIsAlreadyIssued) {
    const auto order = house.accept();
    const auto chip = insertBlank();
    house.startLine();
    ASSERT_TRUE(becomes(order, OrderState::Produced)) << all();
    const auto pin = chip->memory().pin.value;
    house.bench.pull(Desk);
    const auto next = house.accept();
    ASSERT_TRUE(readerBecomes(ReaderStatus::State::Empty));
    house.bench.insert(Desk, chip);
    ASSERT_TRUE(readerBecomes(ReaderStatus::State::Done)) << all();
    EXPECT_NE(house.statusOf(Desk).message.find(order.value()), std::string::npos)
        << house.statusOf(Desk).message;
    EXPECT_EQ(chip->memory().pin.value, pin);
    EXPECT_EQ(house.stateOf(next), OrderState::Queued);
}

TEST_F(Walk, saysWhatIsOnACardThatIsNotBlank) {
    house.accept();
    auto memory = hwsim::blankMemory(hwsim::pivModelNamed("5.7"), 77);
    memory.pin.value = bytesOf("482913\xFF\xFF");
    chips.push_back(std::make_shared<hwsim::PivChip>(memory));
    house.bench.insert(Desk, chips.back());
    house.startLine();
    ASSERT_TRUE(readerBecomes(ReaderStatus::State::Attention)) << all();
    EXPECT_NE(house.statusOf(Desk).message.find("PIN"), std::string::npos)
        << house.statusOf(Desk).message;
    EXPECT_NE(house.statusOf(Desk).message.find("not blank"), std::string::npos);
}

TEST_F(Walk, countsTheFailuresOfAChipThatCallsItselfAnotherAfterEachReset) {
    contentWithoutAttestation();
    chips.push_back(hwsim::blankPivChip("applet+serial", ++serial));
    const auto bent = std::make_shared<BentChip>(chips.back(), [](Bytes& command) {
        if (command[1] == 0xFA) command[2] = 9;  // more tries of the PIN than it was told
    });
    const auto order = house.accept();
    house.lineSettings.failuresPerReader = 100;  // it is the chip that is looked at here
    house.startLine();
    for (int failure = 1; failure <= house.lineSettings.resetsPerCard; ++failure) {
        house.bench.insert(Desk, bent);
        ASSERT_TRUE(house.await([&] {
            return std::ranges::any_of(house.ledger->cards(), [&](const auto& card) {
                return card.state == station::CardState::Spoiled && card.spoiledTimes == failure;
            });
        })) << all();
        ASSERT_TRUE(readerBecomes(ReaderStatus::State::Attention)) << all();
        house.bench.pull(Desk);
        ASSERT_TRUE(readerBecomes(ReaderStatus::State::Empty)) << all();
    }
    EXPECT_EQ(house.ledger->cards().size(),
              static_cast<std::size_t>(house.lineSettings.resetsPerCard))
        << "a serial number a try";
    house.bench.insert(Desk, bent);
    ASSERT_TRUE(readerBecomes(ReaderStatus::State::Attention)) << all();
    EXPECT_NE(house.statusOf(Desk).message.find("failed 3 times"), std::string::npos)
        << house.statusOf(Desk).message;
    EXPECT_EQ(house.stateOf(order), OrderState::Queued);
    EXPECT_EQ(expectTruths(house, chips), 0);
}

TEST_F(Walk, leavesASpoiledCardAsItIsWhenItsResetCannotBeWrittenDown) {
    chips.push_back(hwsim::blankPivChip("5.7", ++serial));
    std::atomic<bool> spoiled{false};
    std::optional<FullDisk> disk;
    const auto watched = std::make_shared<BentChip>(chips.back(), [&](Bytes& /*command*/) {
        if (spoiled.exchange(false)) disk.emplace();  // when it is met again
    });
    house.bench.arm(Desk, {hwsim::ExchangeFault::Kind::PullBefore, 30});
    house.bench.insert(Desk, watched);
    house.accept();
    house.startLine();
    ASSERT_TRUE(house.await([&] { return house.bench.faultsPending(Desk) == 0; })) << all();
    const auto asItWasLeft = chips.back()->changes();
    EXPECT_GT(asItWasLeft, 0U);
    spoiled = true;
    house.bench.insert(Desk, house.bench.takePulled(Desk));
    const bool stopped = house.await([&] {
        return all().find("station stopped: cannot write the ledger") != std::string::npos;
    });
    house.stopLine();
    disk.reset();
    EXPECT_TRUE(stopped) << all();
    EXPECT_EQ(chips.back()->changes(), asItWasLeft) << all();
}

TEST_F(Walk, rejectsAChipThatSomebodyResetAfterItWasIssued) {
    const auto order = house.accept();
    const auto chip = insertBlank();
    house.startLine();
    ASSERT_TRUE(becomes(order, OrderState::Produced)) << all();
    house.bench.pull(Desk);
    ASSERT_TRUE(readerBecomes(ReaderStatus::State::Empty));
    auto memory = chip->memory();
    hwsim::resetToFactory(memory);
    const auto next = house.accept();
    house.bench.insert(Desk, std::make_shared<hwsim::PivChip>(std::move(memory)));
    ASSERT_TRUE(readerBecomes(ReaderStatus::State::Attention)) << all();
    EXPECT_NE(house.statusOf(Desk).message.find(order.value()), std::string::npos)
        << house.statusOf(Desk).message;
    EXPECT_NE(house.statusOf(Desk).message.find("made it blank since"), std::string::npos)
        << house.statusOf(Desk).message;
    EXPECT_EQ(house.stateOf(next), OrderState::Queued);
}

TEST_F(Walk, saysThatACardDoesNotAnswer) {
    house.accept();
    insertBlank();
    house.bench.setMute(Desk, true);
    house.startLine();
    ASSERT_TRUE(readerBecomes(ReaderStatus::State::Attention)) << all();
    EXPECT_NE(house.statusOf(Desk).message.find("does not answer"), std::string::npos);
}

TEST_F(Walk, keepsACardReaderFromMakingATokensOrder) {
    const auto order = house.accept("group-token-p256");
    insertBlank();
    house.startLine();
    ASSERT_TRUE(readerBecomes(ReaderStatus::State::Idle)) << all();
    EXPECT_EQ(house.stateOf(order), OrderState::Queued);
}

TEST_F(Walk, waitsForAnAuthorityThatIsDownAndCostsNeitherOrderNorSecondCard) {
    house.authorityServer->misbehave({{0, {}, 2, 0}, hwsim::Mischief::Unavailable});
    const auto order = house.accept();
    const auto chip = insertBlank();
    house.startLine();
    ASSERT_TRUE(becomes(order, OrderState::Produced)) << all();
    EXPECT_EQ(house.entry(order).chip, serialOf(*chip));
    EXPECT_EQ(house.ledger->cards().size(), 1U);
    EXPECT_EQ(expectTruths(house, chips), 1);
}

TEST_F(Walk, holdsTheOrderThatTheAuthorityRefuses) {
    house.authorityServer->misbehave({{0, {}, 0, 0}, hwsim::Mischief::Refuse});
    const auto order = house.accept();
    insertBlank();
    house.startLine();
    ASSERT_TRUE(becomes(order, OrderState::OnHold)) << all();
    EXPECT_NE(house.entry(order).reason.find(order.value()), std::string::npos);
    house.authorityServer->misbehave({});
    EXPECT_EQ(expectTruths(house, chips), 0);
}

class WalkWithWrongAnswer : public Walk, public ::testing::WithParamInterface<hwsim::Mischief> {};

TEST_P(WalkWithWrongAnswer, putsNothingWrongOnACardAndRevokesIt) {
    house.authorityServer->misbehave({{0, {}, 0, 0}, GetParam()});
    const auto order = house.accept();
    insertBlank();
    house.startLine();
    ASSERT_TRUE(becomes(order, OrderState::OnHold)) << all();
    house.stopLine();
    house.authorityServer->misbehave({});
    EXPECT_FALSE(house.entry(order).reason.empty());
    EXPECT_EQ(expectTruths(house, chips), 0);
}

INSTANTIATE_TEST_SUITE_P(Mischiefs, WalkWithWrongAnswer,
                         ::testing::Values(hwsim::Mischief::WrongSubject,
                                           hwsim::Mischief::AnotherKey, hwsim::Mischief::TooLong,
                                           hwsim::Mischief::WrongKeyUsage),
                         [](const auto& given) {
                             return testName(
                                 std::string{hwsim::AuthorityMischief.nameOf(given.param)});
                         });

TEST_F(Walk, survivesAServiceThatDiesInMidBatch) {
    const auto first = house.accept();
    const auto second = house.accept();
    insertBlank();
    house.bench.arm(Desk, {hwsim::ExchangeFault::Kind::ServiceGone, 20, 0});
    house.startLine();
    ASSERT_TRUE(house.await([&] {
        return house.statusOf(Desk).message.find("the PC/SC service is gone") == 0;
    })) << all();
    EXPECT_EQ(house.statusOf(Desk).state, ReaderStatus::State::Paused)
        << "nobody said that the reader is not there any more";
    house.bench.startService();
    ASSERT_TRUE(becomes(first, OrderState::Produced)) << all();
    house.bench.pull(Desk);
    insertBlank();
    ASSERT_TRUE(becomes(second, OrderState::Produced)) << all();
    EXPECT_EQ(expectTruths(house, chips), 2);
}

TEST_F(Walk, releasesTheLetterOnlyForTheRightNameAndNumber) {
    const auto order = house.accept();
    insertBlank();
    house.startLine();
    ASSERT_TRUE(becomes(order, OrderState::Produced)) << all();
    const auto number = house.entry(order).number->value();
    const auto letters = [&] {
        return std::distance(fs::directory_iterator{house.folder / "letters"}, {});
    };

    const auto wrongName = house.desk->take({"r1", "TRIAL Ander Team", number, "B. Heerder", {}});
    EXPECT_FALSE(wrongName.accepted);
    EXPECT_NE(wrongName.outcome.find("name"), std::string::npos) << wrongName.outcome;
    const auto wrongNumber =
        house.desk->take({"r2", "TRIAL Team Τεστ", "ZG-2026-999999-00", "B. Heerder", {}});
    EXPECT_FALSE(wrongNumber.accepted);
    EXPECT_EQ(letters(), 0);
    EXPECT_EQ(house.entry(order).letterState, station::LetterState::Held);

    const auto right = house.desk->take({"r3", "trial  team τεστ", number, "B. Heerder", {}});
    EXPECT_TRUE(right.accepted) << right.outcome;
    EXPECT_EQ(letters(), 1);
    EXPECT_EQ(house.entry(order).letterState, station::LetterState::Printing) << "laid out";
    EXPECT_FALSE(house.desk->take({"r4", "TRIAL Team Τεστ", number, "B. Heerder", {}}).accepted);
    EXPECT_TRUE(house.desk->take({"r3", "trial  team τεστ", number, "B. Heerder", {}}).accepted)
        << "the same receipt gets the same answer";
    EXPECT_EQ(letters(), 1);
}

}  // namespace
}  // namespace zegel::tests
