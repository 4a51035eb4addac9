#include "drivers/base/entropy.h"
#include "drivers/cards/piv/gzip.h"
#include "drivers/cards/piv/objects.h"
#include "tests/unit/cards/piv_table.h"

#include <gmock/gmock.h>

namespace zegel::cards {
namespace {

using testing::HasSubstr;

TimePoint day(int year, unsigned month, unsigned dayOfMonth) {
    return std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} /
                                 std::chrono::day{dayOfMonth}};
}

TEST(PivCertificate, comesBackAsItWasWritten) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    const auto der = randomBytes(1500);
    for (const auto purpose : AllPurposes) {
        EXPECT_EQ(table.driver->readCertificate(purpose), std::nullopt);
        table.driver->writeCertificate(purpose, der);
        EXPECT_EQ(table.driver->readCertificate(purpose), der);
    }
}

TEST(PivCertificate, isPackedWhenItDoesNotFitPlain) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    Bytes der(4000, 0x30);
    table.driver->writeCertificate(Purpose::Authenticity, der);
    const auto& stored = table.chip->memory().objects.at(0x5FC10A);
    EXPECT_LT(stored.size(), 1000U);
    EXPECT_EQ(toHex(ByteView{stored}.last(5)), "710101FE00");
    EXPECT_EQ(table.driver->readCertificate(Purpose::Authenticity), der);
}

TEST(PivCertificate, isRefusedWhenItDoesNotFitPackedEither) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    const auto message = refusalOf(Fault::CardUnsuitable, [&] {
        table.driver->writeCertificate(Purpose::Authenticity, randomBytes(3500));
    });
    EXPECT_THAT(message, HasSubstr("certificate for authenticity has 3500 octets"));
    EXPECT_THAT(message, HasSubstr("3052"));
}

TEST(PivCertificate, isRefusedWhenTheChipIsFull) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    const auto der = randomBytes(1000);
    table.bench.arm(table.name, {.kind = hwsim::ExchangeFault::Kind::Status, .status = 0x6A84});
    table.bench.arm(table.name,
                    {.kind = hwsim::ExchangeFault::Kind::Status, .exchange = 2, .status = 0x6A84});
    const auto message = refusalOf(
        Fault::CardUnsuitable, [&] { table.driver->writeCertificate(Purpose::Authenticity, der); });
    EXPECT_THAT(message, HasSubstr("not enough memory"));
}

TEST(PivCertificate, isRefusedWhenTheObjectIsBroken) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    const auto put = [&](std::string_view hex) {
        const auto command = *fromHex(hex);
        ASSERT_EQ(
            table.channel->transmit(iso7816::CommandApdu{{0x00, 0xDB, 0x3F, 0xFF}, command}).status,
            iso7816::sw::Ok);
    };
    put("5C035FC10A 5303 710100");
    refusalOf(Fault::CardUntrusted, [&] { table.driver->readCertificate(Purpose::Authenticity); });
    put("5C035FC10A 530A 7003AABBCC 710101FE00");
    refusalOf(Fault::CardUntrusted, [&] { table.driver->readCertificate(Purpose::Authenticity); });
    put("5C035FC10A 5300");
    EXPECT_EQ(table.driver->readCertificate(Purpose::Authenticity), std::nullopt);
}

// Packed by Python's gzip module (gzip.compress(b"hello hello hello hello", mtime=0)).
TEST(Gunzip, readsWhatOthersPacked) {
    const auto packed = *fromHex("1F8B0800000000000203CB48CDC9C957C8402701E3513D8D17000000");
    EXPECT_EQ(textOf(piv::gunzipped(packed, 100)), "hello hello hello hello");
    EXPECT_EQ(piv::gunzipped(piv::gzipped(bytesOf("abc")), 100), bytesOf("abc"));
}

TEST(Gunzip, refusesWhatIsCutLongOrGrowsWithoutEnd) {
    auto packed = piv::gzipped(Bytes(100000, 0));
    refusalOf(Fault::CardUntrusted, [&] { piv::gunzipped(packed, 99999); });
    EXPECT_EQ(piv::gunzipped(packed, 100000).size(), 100000U);
    packed.push_back(0);
    refusalOf(Fault::CardUntrusted, [&] { piv::gunzipped(packed, 100000); });
    packed.resize(packed.size() - 5);
    refusalOf(Fault::CardUntrusted, [&] { piv::gunzipped(packed, 100000); });
    refusalOf(Fault::CardUntrusted, [] { piv::gunzipped({}, 100); });
}

// Layout and FASC-N as yubico-piv-tool writes them (lib/util.c, CHUID and CCC templates), with
// our own expiry.
TEST(PivImprint, isWrittenAsOthersWriteIt) {
    const Bytes guid(16, 0xAB);
    EXPECT_EQ(toHex(piv::cardHolderIdentifier(guid, day(2029, 11, 20))),
              "3019D4E739DA739CED39CE739D836858210842108421C84210C3EB"
              "3410ABABABABABABABABABABABABABABABAB"
              "350832303239313132303E00FE00");
    const Bytes identifier(14, 0xCD);
    EXPECT_EQ(toHex(piv::cardCapability(identifier)),
              "F015A000000116FF02CDCDCDCDCDCDCDCDCDCDCDCDCDCD"
              "F10121F20121F300F40100F50110F600F700FA00FB00FC00FD00FE00");
}

TEST(PivImprint, isFreshEveryTime) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    const auto& objects = table.chip->memory().objects;
    table.driver->imprint({.expires = day(2029, 11, 20)});
    const auto first = objects.at(0x5FC102);
    const auto firstCapability = objects.at(0x5FC107);
    table.driver->imprint({.expires = day(2029, 11, 20)});
    EXPECT_NE(objects.at(0x5FC102), first);
    EXPECT_NE(objects.at(0x5FC107), firstCapability);
    EXPECT_THAT(textOf(first), HasSubstr("20291120"));
}

TEST(PivImprint, givesItsGuidBack) {
    const auto guid = randomBytes(16);
    EXPECT_EQ(piv::guidIn(piv::cardHolderIdentifier(guid, {})), guid);
    EXPECT_EQ(piv::guidIn(piv::cardHolderIdentifier(Bytes(16), {})), std::nullopt);
    EXPECT_EQ(piv::guidIn(Bytes{}), std::nullopt);
}

}  // namespace
}  // namespace zegel::cards
