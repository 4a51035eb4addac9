#include "drivers/channel/replay_channel.h"
#include "tests/unit/cards/piv_table.h"

#include <gmock/gmock.h>

namespace zegel::cards {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Recognise, tellsWhoTheChipIs) {
    PivTable table{"5.7"};
    EXPECT_EQ(table.driver->identity().family, "piv");
    EXPECT_EQ(table.driver->identity().serial.value(), "piv-00C0FFEE");
    EXPECT_EQ(table.driver->identity().firmware, "5.7.1");
}

TEST(Recognise, saysWhatWasLookedForWhenNoFamilyFits) {
    PivTable table{"5.7"};
    table.bench.arm(table.name, {.kind = hwsim::ExchangeFault::Kind::Status, .status = 0x6A82});
    const auto message = refusalOf(Fault::CardUnsuitable, [&] { table.meet(); });
    EXPECT_THAT(message, HasSubstr("PIV"));
    EXPECT_THAT(message, HasSubstr("6A82 (object not found)"));
    EXPECT_THAT(message, HasSubstr("ATR 3B"));
}

// The answers of a GlobalPlatform card manager that is selected whatever is asked for, and of an
// application with another AID in the right place.
TEST(Recognise, refusesAnAnswerToSelectThatIsNotPiv) {
    for (const auto* answer :
         {"6F108408A000000151000000A5049F6501FF", "61074F05A000000527", "6100", ""}) {
        drivers::ReplayChannel chip{
            "script", "> 00A40400 09 A00000030800001000 00\n< " + std::string{answer} + " 9000\n"};
        const auto message = refusalOf(Fault::CardUnsuitable, [&] { recognise(chip, {}); });
        EXPECT_THAT(message, HasSubstr("by an application that is not PIV"));
    }
}

TEST(Recognise, doesNotTrustAnAnswerToSelectThatIsNoTlv) {
    PivTable table{"5.7"};
    table.bench.arm(table.name, {.kind = hwsim::ExchangeFault::Kind::Garble});
    refusalOf(Fault::CardUntrusted, [&] { table.meet(); });
}

TEST(Recognise, takesTheGuidWhereThereIsNoSerialNumber) {
    auto memory = hwsim::blankMemory(hwsim::pivModelNamed("applet"), 1);
    memory.objects[0x5FC102] = *fromHex("3019" + std::string(50, 'D') +
                                        "3410000102030405060708090A0B0C0D0E0F"
                                        "350832303330303130313E00FE00");
    PivTable table{std::make_shared<hwsim::PivChip>(std::move(memory))};
    EXPECT_EQ(table.driver->identity().serial.value(), "piv-000102030405060708090A0B0C0D0E0F");
    table.driver->openWithFactoryKeys();
    table.driver->imprint({});
    EXPECT_EQ(table.meetAfresh().identity().serial.value(), "piv-000102030405060708090A0B0C0D0E0F")
        << "the chip is not recognised when it comes back";
}

TEST(Recognise, refusesAChipThatCannotBeToldFromAnother) {
    const auto message = refusalOf(Fault::CardUnsuitable, [] { PivTable{"applet"}; });
    EXPECT_THAT(message, HasSubstr("cannot be told from another"));
}

TEST(ExaminePiv, findsAFactoryChipBlank) {
    for (const auto* model : {"5.7", "5.4", "applet+serial"}) {
        PivTable table{model};
        const auto condition = table.driver->examine();
        EXPECT_TRUE(condition.isBlank()) << model << ": " << condition.notBlank.front();
        EXPECT_EQ(condition.pinTriesLeft, 3) << model;
    }
    EXPECT_EQ(PivTable{"5.7"}.driver->examine().pukTriesLeft, 3);
}

TEST(ExaminePiv, changesNothingAndSpendsNoTry) {
    PivTable table{"5.4-metadata"};
    table.driver->examine();
    EXPECT_EQ(table.chip->memory().pin.left, 3);
    EXPECT_EQ(table.chip->memory().puk.left, 3);
}

TEST(ExaminePiv, namesEverythingThatIsNotBlank) {
    PivTable table{"5.7"};
    KeysFromAMaster keys;
    auto& driver = *table.driver;
    driver.openWithFactoryKeys();
    driver.makeKey(Purpose::Authentication, KeyAlgorithm::EcP256);
    driver.writeCertificate(Purpose::Confidentiality, Bytes{0x30, 0x00});
    driver.replaceFactoryPin(code("271828"));
    driver.replaceFactoryPuk(code("31415926"));
    driver.takeOver(keys);
    EXPECT_THAT(table.meetAfresh().examine().notBlank,
                ElementsAre("the PIN is not the factory's", "the PUK is not the factory's",
                            "the management key is not the factory's", "a key for authentication",
                            "a certificate for confidentiality"));
}

TEST(ExaminePiv, namesABlockedPin) {
    for (const auto* model : {"5.7", "5.7-metadata"}) {
        PivTable table{model};
        for (int tries = 0; tries < 3; ++tries)
            table.driver->presentPin(code("000000"));
        const auto condition = table.meetAfresh().examine();
        EXPECT_EQ(condition.pinTriesLeft, 0) << model;
        EXPECT_THAT(condition.notBlank, Contains("the PIN is blocked")) << model;
    }
}

TEST(OpenPiv, provesTheFactoryKeyOfEveryCipherAChipComesWith) {
    for (const auto* model : {"5.7", "5.4", "5.4-metadata", "5.7-metadata", "5.4-extended"}) {
        PivTable table{model};
        EXPECT_NO_THROW(table.driver->openWithFactoryKeys()) << model;
        EXPECT_NO_THROW(table.driver->makeKey(Purpose::Authenticity, KeyAlgorithm::EcP256))
            << model;
    }
}

TEST(OpenPiv, refusesAChipWithAnotherManagementKey) {
    for (const auto* model : {"5.7", "5.7-metadata"}) {
        PivTable table{model};
        KeysFromAMaster keys;
        table.driver->openWithFactoryKeys();
        table.driver->takeOver(keys);
        const auto message =
            refusalOf(Fault::CardUnsuitable, [&] { table.meetAfresh().openWithFactoryKeys(); });
        EXPECT_THAT(message, HasSubstr("management key is not the factory's"));
        EXPECT_EQ(table.chip->memory().pin.left, 3) << "a try of the PIN was spent";
    }
}

TEST(OpenPiv, refusesAChipWithAnotherPin) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    table.driver->replaceFactoryPin(code("271828"));
    const auto message =
        refusalOf(Fault::CardUnsuitable, [&] { table.meetAfresh().openWithFactoryKeys(); });
    EXPECT_THAT(message, HasSubstr("PIN is not the factory's"));
}

TEST(OpenPiv, refusesACardThatCannotBeAdministered) {
    auto memory = hwsim::blankMemory(hwsim::pivModelNamed("plain+serial"), 1);
    memory.objects[0x5FC102] = *fromHex("3410000102030405060708090A0B0C0D0E0FFE00");
    PivTable table{std::make_shared<hwsim::PivChip>(std::move(memory))};
    const auto message =
        refusalOf(Fault::CardUnsuitable, [&] { table.driver->openWithFactoryKeys(); });
    EXPECT_THAT(message, HasSubstr("administration extension"));
    EXPECT_FALSE(table.driver->capabilities().setsTries);
    EXPECT_TRUE(table.driver->capabilities().imports.empty());
}

TEST(OpenPiv, doesNotTrustAChipThatAnswersOurChallengeWrongly) {
    PivTable table{"5.7"};
    table.driver->examine();
    table.bench.arm(table.name, {.kind = hwsim::ExchangeFault::Kind::Garble, .exchange = 2});
    refusalOf(Fault::CardUntrusted, [&] { table.driver->openWithFactoryKeys(); });
}

TEST(OpenPivWithOwnKeys, opensWhatItTookOver) {
    for (const auto* model : {"5.7", "5.4", "5.7-metadata", "applet+serial"}) {
        PivTable table{model};
        KeysFromAMaster keys;
        table.driver->openWithFactoryKeys();
        table.driver->takeOver(keys);
        EXPECT_EQ(keys.lengths, std::vector<std::size_t>{32}) << model << ": not AES-256";
        table.meetAfresh().openWithOwnKeys(keys);
        EXPECT_NO_THROW(table.driver->makeKey(Purpose::Authentication, KeyAlgorithm::EcP256));
    }
}

TEST(OpenPivWithOwnKeys, refusesAChipOfAnotherStation) {
    PivTable table{"5.7"};
    KeysFromAMaster keys;
    const auto message =
        refusalOf(Fault::CardUntrusted, [&] { table.driver->openWithOwnKeys(keys); });
    EXPECT_THAT(message, HasSubstr("not the one this station gave it"));
}

// What one card of three keys costs with extended APDUs, from SELECT to the proof. A tool that does
// a command at a time takes 146 for about the same (22 calls of yubico-piv-tool 2.2.0).
TEST(PivDriver, keepsAWholeCardBelowSixtyExchanges) {
    PivTable table{"5.7"};
    KeysFromAMaster keys;
    const Bytes certificate(1200, 0x30);
    const Bytes digest(32, 0x5A);
    const auto pin = code("271828");
    const auto useEveryKey = [&](CardDriver& driver, const std::function<void()>& present) {
        for (const auto purpose : AllPurposes) {
            present();
            driver.sign(purpose, KeyAlgorithm::EcP256, SignatureScheme::EcdsaSha256, digest);
        }
    };
    auto& driver = *table.driver;
    ASSERT_TRUE(driver.examine().isBlank());
    driver.openWithFactoryKeys();
    for (const auto purpose : AllPurposes)
        driver.makeKey(purpose, KeyAlgorithm::EcP256);
    useEveryKey(driver, [&] { ASSERT_TRUE(driver.presentFactoryPin().accepted); });
    for (const auto purpose : AllPurposes)
        driver.writeCertificate(purpose, certificate);
    driver.imprint({});
    driver.setTries(5, 5);
    driver.replaceFactoryPin(pin);
    driver.replaceFactoryPuk(code("31415926"));
    driver.takeOver(keys);
    ASSERT_TRUE(driver.presentPin(pin).accepted);

    auto& proved = table.meetAfresh();
    EXPECT_THAT(proved.factoryDefaultsLeft(pin), testing::IsEmpty());
    proved.openWithOwnKeys(keys);
    for (const auto purpose : AllPurposes)
        EXPECT_EQ(proved.readCertificate(purpose), certificate);
    useEveryKey(proved, [&] { ASSERT_TRUE(proved.presentPin(pin).accepted); });
    EXPECT_EQ(proved.pinTriesLeft(), 5);
    EXPECT_LE(table.exchanges(), 60U);
}

}  // namespace
}  // namespace zegel::cards
