#include "drivers/reader/relay/reader_host.h"
#include "drivers/reader/relay/relayed_reader_watch.h"
#include "hwsim/chips/piv_chip.h"
#include "hwsim/doors/pcscd_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace zegel::drivers {
namespace {

using namespace std::chrono_literals;
using iso7816::CommandApdu;
using testing::ElementsAre;
using testing::HasSubstr;

/// A private pcscd with one reader, reached through a process of its own.
class Service {
public:
    Service(const std::string& name, std::uint32_t serial, RelayPatience patience = {}) {
        std::string made = "/tmp/zegel-relay-XXXXXX";
        folder_ = ::mkdtemp(made.data());
        bench_ = std::make_unique<hwsim::PcscdBench>(
            hwsim::PcscdBenchSettings{.directory = folder_,
                                      .readers = {"Reader"},
                                      .parts = {.oneSlotHandler = ZEGEL_ONE_SLOT_HANDLER}});
        hwsim::saveChipFile(folder_ / "chips/card.chip",
                            hwsim::blankMemory(hwsim::pivModelNamed("5.7"), serial));
        watch_ = std::make_unique<RelayedReaderWatch>(
            [this] {
                auto started = std::make_unique<ReaderProcess>(ZEGEL_READERS, bench_->pcscSocket());
                process_ = started->process();
                return started;
            },
            name, patience);
        reader_ = watch_->reader(ReaderName{name + "/Reader 00 00"});
    }
    ~Service() {
        reader_.reset();
        watch_.reset();
        bench_.reset();
        std::filesystem::remove_all(folder_);
    }
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    hwsim::PcscdBench& bench() { return *bench_; }
    RelayedReaderWatch& watch() { return *watch_; }
    Reader& reader() { return *reader_; }
    pid_t process() const { return process_; }

    void insert() {
        bench_->insert("1", "card");
        awaitCard();
    }
    void awaitCard() {
        const auto deadline = std::chrono::steady_clock::now() + 60s;
        auto seen = reader_->presence();
        while (seen.state != Presence::State::Card && std::chrono::steady_clock::now() < deadline)
            seen = reader_->awaitChange(seen, 1s);
        ASSERT_EQ(seen.state, Presence::State::Card);
    }

    Bytes serial() {
        const auto session = reader_->connect();
        session->transmit(CommandApdu({0x00, 0xA4, 0x04, 0x00}, Bytes{0xA0, 0x00, 0x00, 0x03, 0x08},
                                      CommandApdu::AllShort));
        return session->transmit(CommandApdu({0x00, 0xF8, 0x00, 0x00}, {}, 256)).data;
    }

private:
    std::filesystem::path folder_;
    std::unique_ptr<hwsim::PcscdBench> bench_;
    std::unique_ptr<RelayedReaderWatch> watch_;
    std::unique_ptr<Reader> reader_;
    pid_t process_ = -1;
};

std::string failure(const std::function<void()>& act) {
    try {
        act();
    } catch (const Failure& thrown) {
        EXPECT_EQ(thrown.fault(), Fault::ReaderUnavailable) << thrown.what();
        return thrown.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return {};
}

TEST(PcscRelay, reachesTwoServicesFromOneProcess) {
    Service left{"left", 0x0A0A0A0A};
    Service right{"right", 0x0B0B0B0B};
    EXPECT_THAT(left.watch().readers(), ElementsAre(ReaderName{"left/Reader 00 00"}));
    EXPECT_THAT(right.watch().readers(), ElementsAre(ReaderName{"right/Reader 00 00"}));
    left.insert();
    right.insert();
    EXPECT_EQ(left.serial(), (Bytes{0x0A, 0x0A, 0x0A, 0x0A}));
    EXPECT_EQ(right.serial(), (Bytes{0x0B, 0x0B, 0x0B, 0x0B}));
}

TEST(PcscRelay, survivesTheDeathOfItsProcessAndOfTheService) {
    Service service{"left", 7};
    service.insert();
    ASSERT_EQ(::kill(service.process(), SIGKILL), 0);
    EXPECT_THAT(failure([&] { service.watch().readers(); }), HasSubstr("left"));
    EXPECT_THAT(service.watch().readers(), testing::SizeIs(1));
    failure([&] { service.reader().presence(); });  // its line went with the process
    EXPECT_EQ(service.serial(), (Bytes{0, 0, 0, 7}));

    service.bench().stopService(true);
    failure([&] { service.watch().readers(); });
    failure([&] { service.reader().presence(); });
    service.bench().startService();
    EXPECT_THAT(service.watch().readers(), testing::SizeIs(1));
    EXPECT_EQ(service.serial(), (Bytes{0, 0, 0, 7}));
}

/// What a session that broke off was told, or else what its reader says when it is asked again.
bool isServiceLost(CardSession& session, Reader& reader) {
    try {
        session.transmit(CommandApdu({0x00, 0xF8, 0x00, 0x00}, {}, 256));
        reader.presence();
    } catch (const ServiceGone&) {
        return true;
    } catch (const Failure&) {
        try {
            reader.presence();
        } catch (const ServiceGone&) {
            return true;
        }
    }
    return false;
}

TEST(PcscRelay, tellsTheEndOfAServiceFromAFaultOfTheReaderThoughItIsBackAtOnce) {
    Service service{"left", 7};
    service.insert();
    for (const bool abruptly : {true, false}) {
        SCOPED_TRACE(abruptly ? "killed" : "ended in good order");
        service.awaitCard();
        const auto session = service.reader().connect();
        service.bench().stopService(abruptly);
        service.bench().startService();
        EXPECT_TRUE(isServiceLost(*session, service.reader()));
    }
    service.awaitCard();
    const auto session = service.reader().connect();
    service.bench().pull("1");
    EXPECT_FALSE(isServiceLost(*session, service.reader())) << "only its card was pulled";
}

TEST(PcscRelay, aServiceThatHangsIsNamedAndReachedAgainWhenItGoesOn) {
    Service hanging{"left", 7, {.toLook = 5s}};
    Service well{"right", 8};
    hanging.insert();
    well.insert();
    const auto pcscd = hanging.bench().pcscdProcess();
    ASSERT_EQ(::kill(pcscd, SIGSTOP), 0);
    EXPECT_THAT(failure([&] { hanging.watch().readers(); }),
                HasSubstr("the PC/SC service left did not answer within 5 s"));
    EXPECT_EQ(well.serial(), (Bytes{0, 0, 0, 8}));
    ASSERT_EQ(::kill(pcscd, SIGCONT), 0);
    EXPECT_THAT(hanging.watch().readers(), testing::SizeIs(1));
    failure([&] { hanging.reader().presence(); });  // its line went with the process
    EXPECT_EQ(hanging.serial(), (Bytes{0, 0, 0, 7}));
}

}  // namespace
}  // namespace zegel::drivers
