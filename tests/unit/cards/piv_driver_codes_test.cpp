#include "tests/unit/cards/piv_table.h"

#include <gmock/gmock.h>

#include <bit>

namespace zegel::cards {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(PivCodes, setsTriesAndPutsTheFactoryCodesBack) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    table.driver->replaceFactoryPuk(code("31415926"));
    table.driver->setTries(5, 8);
    EXPECT_EQ(table.chip->memory().pin.tries, 5);
    EXPECT_EQ(table.chip->memory().puk.tries, 8);
    EXPECT_EQ(toHex(table.chip->memory().puk.value), "3132333435363738");
    EXPECT_EQ(table.driver->pinTriesLeft(), 5);
    EXPECT_NO_THROW(table.driver->replaceFactoryPin(code("271828")));
}

TEST(PivCodes, setsTriesAlsoWhenThePinIsNoLongerPresented) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    table.channel->transmit(iso7816::CommandApdu{{0x00, 0x20, 0xFF, 0x80}});
    EXPECT_NO_THROW(table.driver->setTries(5, 8));
}

TEST(PivCodes, refusesTriesOutsideOneToTwoHundredFiftyFive) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    refusalOf(Fault::Defect, [&] { table.driver->setTries(0, 8); });
    refusalOf(Fault::Defect, [&] { table.driver->setTries(5, 256); });
}

TEST(PivCodes, tellTheTriesLeftWithoutSpendingOne) {
    for (const auto* model : {"5.7", "5.7-metadata"}) {
        PivTable table{model};
        EXPECT_EQ(table.driver->presentPin(code("000000")).triesLeft, 2) << model;
        EXPECT_EQ(table.driver->pinTriesLeft(), 2) << model;
        EXPECT_EQ(table.driver->pinTriesLeft(), 2) << model;
        EXPECT_TRUE(table.driver->presentFactoryPin().accepted) << model;
    }
    // Once presented, a chip without metadata has nothing to say.
    PivTable table{"5.7-metadata"};
    table.driver->presentFactoryPin();
    EXPECT_EQ(table.driver->pinTriesLeft(), std::nullopt);
}

TEST(PivCodes, tellTheTriesOfThePukWithMetadataOnly) {
    PivTable telling{"5.7"};
    telling.driver->openWithFactoryKeys();
    telling.driver->setTries(5, 8);
    EXPECT_EQ(telling.driver->pukTriesLeft(), 8);
    EXPECT_EQ(telling.chip->memory().puk.left, 8) << "none is spent";
    PivTable silent{"5.7-metadata"};
    EXPECT_EQ(silent.driver->pukTriesLeft(), std::nullopt);
    EXPECT_EQ(silent.chip->memory().puk.left, 3);
}

TEST(PivCodes, countDownToBlocked) {
    PivTable table{"5.7"};
    EXPECT_EQ(table.driver->presentPin(code("000000")).triesLeft, 2);
    EXPECT_EQ(table.driver->presentPin(code("000000")).triesLeft, 1);
    EXPECT_EQ(table.driver->presentPin(code("000000")).triesLeft, 0);
    const auto verdict = table.driver->presentFactoryPin();
    EXPECT_FALSE(verdict.accepted);
    EXPECT_EQ(verdict.triesLeft, 0);
}

TEST(PivCodes, refuseACodeOfMoreThanEightDigits) {
    PivTable table{"5.7"};
    refusalOf(Fault::Defect, [&] { table.driver->presentPin(code("123456789")); });
}

TEST(PivCodes, areReplacedFromTheFactorysOnly) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    table.driver->replaceFactoryPin(code("271828"));
    EXPECT_TRUE(table.driver->presentPin(code("271828")).accepted);
    const auto message =
        refusalOf(Fault::CardRefused, [&] { table.driver->replaceFactoryPin(code("161803")); });
    EXPECT_THAT(message, HasSubstr("PIN is not the factory's"));
    EXPECT_THAT(message, testing::Not(HasSubstr("161803")));
}

TEST(PivCodes, sayWhenTheChipFindsThemTooWeak) {
    PivTable table{"5.7+complexity"};
    table.driver->openWithFactoryKeys();
    EXPECT_THROW(table.driver->replaceFactoryPin(code("111111")), CodeTooWeak);
    EXPECT_THROW(table.driver->replaceFactoryPuk(code("11111111")), CodeTooWeak);
    EXPECT_NO_THROW(table.driver->replaceFactoryPin(code("271828")));
}

TEST(TakeOverPiv, goesBackToTripleDesWhereThereIsNothingBetter) {
    auto memory = hwsim::blankMemory(hwsim::pivModelNamed("5.4"), 7);
    memory.model.managementAlgorithms = {0x03};
    PivTable table{std::make_shared<hwsim::PivChip>(std::move(memory))};
    KeysFromAMaster keys;
    table.driver->openWithFactoryKeys();
    table.driver->takeOver(keys);
    const auto& key = table.chip->memory().management;
    EXPECT_EQ(key.algorithm, 0x03);
    ASSERT_EQ(key.value.size(), 24U);
    for (const auto octet : key.value)
        EXPECT_EQ(std::popcount(octet) % 2, 1) << "even parity";
    table.meetAfresh().openWithOwnKeys(keys);
}

TEST(TakeOverPiv, isRefusedWithoutTheManagementKey) {
    PivTable table{"5.7"};
    KeysFromAMaster keys;
    const auto message = refusalOf(Fault::CardRefused, [&] { table.driver->takeOver(keys); });
    EXPECT_THAT(message, HasSubstr("SET MANAGEMENT KEY: 6982"));
}

TEST(FactoryDefaultsOfPiv, areAllNamedOnAFactoryChip) {
    for (const auto* model : {"5.7", "5.7-metadata", "applet+serial"}) {
        PivTable table{model};
        EXPECT_THAT(table.driver->factoryDefaultsLeft(code("123456")),
                    ElementsAre("PIN", "PUK", "management key"))
            << model;
    }
}

TEST(FactoryDefaultsOfPiv, areGoneFromAGuardedChipAndItsPinKeepsItsTries) {
    for (const auto* model : {"5.7", "5.7-metadata", "applet+serial"}) {
        PivTable table{model};
        KeysFromAMaster keys;
        auto& driver = *table.driver;
        driver.openWithFactoryKeys();
        driver.setTries(4, 5);
        driver.replaceFactoryPin(code("271828"));
        driver.replaceFactoryPuk(code("31415926"));
        driver.takeOver(keys);
        EXPECT_THAT(table.meetAfresh().factoryDefaultsLeft(code("271828")), IsEmpty()) << model;
        EXPECT_EQ(table.chip->memory().pin.left, 4) << model;
    }
}

TEST(FactoryDefaultsOfPiv, nameTheOneThatIsLeft) {
    for (const auto* model : {"5.7", "5.7-metadata"}) {
        PivTable table{model};
        table.driver->openWithFactoryKeys();
        table.driver->replaceFactoryPin(code("271828"));
        table.driver->replaceFactoryPuk(code("31415926"));
        EXPECT_THAT(table.meetAfresh().factoryDefaultsLeft(code("271828")),
                    ElementsAre("management key"))
            << model;
    }
}

TEST(ResetPiv, makesTheChipBlankWithoutItsCodes) {
    for (const auto* model : {"5.7", "5.4", "5.7-metadata", "5.7+complexity"}) {
        PivTable table{model};
        KeysFromAMaster keys;
        auto& driver = *table.driver;
        driver.openWithFactoryKeys();
        driver.makeKey(Purpose::Authenticity, KeyAlgorithm::EcP256);
        driver.writeCertificate(Purpose::Authenticity, Bytes{0x30, 0x00});
        driver.setTries(6, 6);
        driver.replaceFactoryPin(code("271828"));
        driver.replaceFactoryPuk(code("31415926"));
        driver.takeOver(keys);
        table.meetAfresh().reset();
        EXPECT_TRUE(table.driver->examine().isBlank()) << model;
        EXPECT_NO_THROW(table.driver->openWithFactoryKeys()) << model;
    }
}

}  // namespace
}  // namespace zegel::cards
