#include "drivers/cards/registry.h"
#include "drivers/channel/chaining_channel.h"
#include "drivers/iso7816/atr.h"
#include "tests/pcsc/reader/virtual_table.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace zegel::drivers {
namespace {

using namespace std::chrono_literals;
using iso7816::CommandApdu;
using testing::HasSubstr;
using Steady = std::chrono::steady_clock;

class PcscSessions : public VirtualTable {
protected:
    PcscSessions() {
        bench.insert("Left", "one");
        reader = watch.reader(left);
        settled(*reader, Presence::State::Card);
    }

    static iso7816::StatusWord askVersion(CardSession& session) {
        return session.transmit(CommandApdu{{0x00, 0xFD, 0x00, 0x00}, {}, 256}).status;
    }

    static iso7816::StatusWord select(CardSession& session) {
        const Bytes aid{0xA0, 0x00, 0x00, 0x03, 0x08};
        return session.transmit(CommandApdu{{0x00, 0xA4, 0x04, 0x00}, aid, 256}).status;
    }

    std::unique_ptr<Reader> reader;
};

TEST_F(PcscSessions, carryAWholeCard) {
    const auto session = reader->connect();
    EXPECT_TRUE(iso7816::parseAtr(session->atr()));
    ChainingChannel channel{*session, iso7816::saysExtendedLength(session->atr())};
    const auto driver = cards::recognise(channel, session->atr());
    EXPECT_EQ(driver->identity().serial.value(), "piv-11111111");
    EXPECT_TRUE(driver->examine().isBlank());
    driver->openWithFactoryKeys();
    driver->makeKey(Purpose::Authentication, KeyAlgorithm::EcP256);
    const Bytes long_(2500, 0x30);
    driver->writeCertificate(Purpose::Authentication, long_);
    EXPECT_EQ(driver->readCertificate(Purpose::Authentication), long_);
}

TEST_F(PcscSessions, carryShortAndExtendedAlike) {
    const auto session = reader->connect();
    for (const bool extended : {false, true}) {
        ChainingChannel channel{*session, extended};
        const auto driver = cards::recognise(channel, session->atr());
        driver->openWithFactoryKeys();
        const Bytes certificate(1500, extended ? 0x31 : 0x30);
        driver->writeCertificate(Purpose::Confidentiality, certificate);
        EXPECT_EQ(driver->readCertificate(Purpose::Confidentiality), certificate);
    }
}

TEST_F(PcscSessions, haveTheCardForThemselves) {
    const auto session = reader->connect();
    const auto other = watch.reader(left);
    const auto message = failure(Fault::ReaderUnavailable, [&] { other->connect(); });
    EXPECT_THAT(message, HasSubstr("another program"));
}

TEST_F(PcscSessions, leaveTheChipWithoutPower) {
    {
        const auto session = reader->connect();
        EXPECT_EQ(select(*session), iso7816::sw::Ok);
        EXPECT_EQ(askVersion(*session), iso7816::sw::Ok);
    }
    const auto session = reader->connect();
    EXPECT_NE(askVersion(*session), iso7816::sw::Ok) << "PIV is still selected";
}

TEST_F(PcscSessions, leaveTheChipWithoutPowerWhenAStepThrows) {
    try {
        const auto session = reader->connect();
        select(*session);
        throw Failure{Fault::CardRefused, "a step"};
    } catch (const Failure&) {
        const auto session = reader->connect();
        EXPECT_NE(askVersion(*session), iso7816::sw::Ok) << "PIV is still selected";
    }
}

TEST_F(PcscSessions, meetTheCardAfreshAfterAPowerCycle) {
    const auto session = reader->connect();
    select(*session);
    session->powerCycle();
    EXPECT_NE(askVersion(*session), iso7816::sw::Ok) << "PIV is still selected";
    EXPECT_EQ(select(*session), iso7816::sw::Ok);
    const auto other = watch.reader(left);
    failure(Fault::ReaderUnavailable, [&] { other->connect(); });
}

TEST_F(PcscSessions, noticeThatTheCardWasPulled) {
    const auto session = reader->connect();
    select(*session);
    bench.pull("Left");
    failure(Fault::CardPulled, [&] { askVersion(*session); });
    failure(Fault::CardPulled, [&] { session->powerCycle(); });
}

TEST_F(PcscSessions, noticeThatTheCardWentAndAnotherCame) {
    const auto session = reader->connect();
    select(*session);
    bench.pull("Left");
    bench.insert("Left", "two");
    settled(*watch.reader(left), Presence::State::Card);
    failure(Fault::CardPulled, [&] { askVersion(*session); });
    failure(Fault::CardPulled, [&] { session->powerCycle(); });
}

TEST_F(PcscSessions, areRefusedWhereThereIsNoCard) {
    bench.pull("Left");
    settled(*reader, Presence::State::Empty);
    const auto message = failure(Fault::CardPulled, [&] { reader->connect(); });
    EXPECT_THAT(message, HasSubstr("Left 00 00"));
}

TEST_F(PcscSessions, sayThatTheServiceIsGoneAndAreMadeAnewWhenItIsBack) {
    {
        const auto session = reader->connect();
        bench.stopService(true);
        failure(Fault::ReaderUnavailable, [&] { select(*session); });
        failure(Fault::ReaderUnavailable, [&] { session->powerCycle(); });
    }
    failure(Fault::ReaderUnavailable, [&] { reader->connect(); });
    bench.startService();
    settled(*reader, Presence::State::Card);
    const auto session = reader->connect();
    EXPECT_EQ(select(*session), iso7816::sw::Ok);
}

}  // namespace
}  // namespace zegel::drivers
