#include "station/report/event_pusher.h"

#include "drivers/base/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>

#include <filesystem>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = EventAnswer::Kind;
using std::chrono::seconds;

class MovingClock final : public Clock {
public:
    TimePoint now() const override { return time; }
    TimePoint time = TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};
};

/// Keeps "type subject" of what it takes, and answers as `answer` says.
class ScriptedOrderSystem final : public OrderSystem {
public:
    EventAnswer take(std::string_view body, std::string_view, const std::stop_token&) override {
        const auto line = textOf(body, "type") + " " + textOf(body, "subject");
        ++asked;
        const auto said = answer(line);
        if (said.kind == Kind::Taken) taken.push_back(line);
        return said;
    }
    static std::string textOf(std::string_view json, const std::string& key) {
        const auto at = json.find("\"" + key + "\":\"") + key.size() + 4;
        std::string text{json.substr(at, json.find('"', at) - at)};
        std::erase(text, '\\');
        return text;
    }
    std::function<EventAnswer(const std::string&)> answer = [](const std::string&) {
        return EventAnswer{Kind::Taken, ""};
    };
    std::vector<std::string> taken;
    int asked = 0;
};

EventSigner anySigner() {
    openssl::PkeyPtr key{EVP_EC_gen("P-256")};
    const openssl::CertificatePtr certificate{X509_new()};
    X509_set_pubkey(certificate.get(), key.get());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    return {std::move(key), *certificate};
}

Order order(const std::string& id) {
    return {OrderId{id}, BatchId{"B"}, "card", "g", {"NL", "O", "1", "G", {}}, {}, "nl"};
}

class PusherTest : public ::testing::Test {
protected:
    PusherTest() {
        auto pattern = (fs::temp_directory_path() / "zegel-pusher-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        ledger_ = std::make_unique<Ledger>(folder_ / "ledger.sqlite", clock_);
        ledger_->accept({BatchId{"B"}, {order("A"), order("B")}, {}}, "digest");
        restart();
    }
    ~PusherTest() override {
        pusher_.reset();
        ledger_.reset();
        fs::remove_all(folder_);
    }
    void restart() {
        pusher_ = std::make_unique<EventPusher>(
            *ledger_, EventSource{ledger_->instance(), "room"}, anySigner(), away_, clock_,
            [this](const std::string& line) { told_.push_back(line); });
    }
    Claim claim(const std::string& chip) {
        const std::vector<std::string> profiles{"card"};
        return ledger_->claim({ChipSerial{chip}, "piv", ""}, profiles, "ZG").value();
    }
    void roundAfter(seconds time) {
        clock_.time += time;
        pusher_->round();
    }
    void refuse(const std::string& part, Kind kind = Kind::NotTaken) {
        away_.answer = [=](const std::string& line) {
            return line.find(part) == std::string::npos ? EventAnswer{Kind::Taken, ""}
                                                        : EventAnswer{kind, "answered 500"};
        };
    }

    MovingClock clock_;
    fs::path folder_;
    std::unique_ptr<Ledger> ledger_;
    ScriptedOrderSystem away_;
    std::vector<std::string> told_;
    std::unique_ptr<EventPusher> pusher_;
};

TEST_F(PusherTest, sendsEverythingOnceAndInOrder) {
    claim("c1");
    pusher_->round();
    const std::vector<std::string> all{"zegel.batch.accepted batch/B",
                                       "zegel.order.in-production order/A",
                                       "zegel.card.claimed card/c1"};
    EXPECT_EQ(away_.taken, all);
    EXPECT_EQ(ledger_->eventBacklog().count, 0U);
    restart();
    roundAfter(seconds{100});
    EXPECT_EQ(away_.taken, all);
    EXPECT_FALSE(pusher_->condition().isWaitedFor);
    EXPECT_THAT(told_, IsEmpty());
}

TEST_F(PusherTest, anEventThatIsNotTakenHoldsBackItsOrderOnly) {
    refuse("order/A");
    const auto first = claim("c1");
    claim("c2");
    pusher_->round();
    EXPECT_THAT(away_.taken,
                ElementsAre("zegel.batch.accepted batch/B", "zegel.order.in-production order/B",
                            "zegel.card.claimed card/c2"));
    const auto held = pusher_->condition();
    EXPECT_FALSE(held.isWaitedFor);
    ASSERT_EQ(held.held.size(), 1U);
    EXPECT_EQ(held.held[0].subject, "order/A");
    EXPECT_EQ(held.held[0].said, "answered 500");
    EXPECT_EQ(held.held[0].nextTry, clock_.now() + seconds{1});
    ASSERT_EQ(told_.size(), 1U);
    EXPECT_THAT(told_[0], HasSubstr("order/A: answered 500"));

    ledger_->unclaim(first, OrderState::Queued, "pulled");  // more of A comes, and waits behind
    pusher_->round();
    EXPECT_EQ(away_.taken.size(), 3U);
    roundAfter(seconds{2});
    EXPECT_EQ(pusher_->condition().backlog.count, 4U);
    refuse("nothing");
    roundAfter(seconds{2});
    EXPECT_THAT(std::vector(away_.taken.begin() + 3, away_.taken.end()),
                ElementsAre("zegel.order.in-production order/A", "zegel.card.claimed card/c1",
                            "zegel.card.blank card/c1", "zegel.order.queued order/A"));
    EXPECT_THAT(pusher_->condition().held, IsEmpty());
    EXPECT_EQ(ledger_->eventBacklog().count, 0U);
}

TEST_F(PusherTest, anEventThatIsNotTakenHoldsBackItsCardOnTheNextOrderToo) {
    ledger_->unclaim(claim("c1"), OrderState::OnHold, "later");
    claim("c1");  // now for order B
    refuse("card/c1");
    pusher_->round();
    EXPECT_THAT(away_.taken,
                ElementsAre("zegel.batch.accepted batch/B", "zegel.order.in-production order/A",
                            "zegel.order.in-production order/B"));
    refuse("nothing");
    roundAfter(seconds{1});
    EXPECT_THAT(std::vector(away_.taken.begin() + 3, away_.taken.end()),
                ElementsAre("zegel.card.claimed card/c1", "zegel.card.blank card/c1",
                            "zegel.order.on-hold order/A", "zegel.card.claimed card/c1"));
}

TEST_F(PusherTest, anOrderSystemThatIsAwayIsLeftAloneAfterGrowingPausesAndNeverGivenUp) {
    claim("c1");
    claim("c2");
    refuse("", Kind::Away);
    pusher_->round();
    EXPECT_EQ(away_.asked, 1);
    EXPECT_TRUE(pusher_->condition().isWaitedFor);
    EXPECT_EQ(pusher_->condition().nextTry, clock_.now() + seconds{1});
    EXPECT_EQ(pusher_->condition().backlog.count, 5U);
    pusher_->round();
    EXPECT_EQ(away_.asked, 1);  // not before the pause is over
    const auto since = pusher_->condition().since;
    for (const int pause : {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
        roundAfter(seconds{pause - 1});
        const int before = away_.asked;
        roundAfter(seconds{1});
        EXPECT_EQ(away_.asked, before + 1) << pause;
    }
    EXPECT_EQ(pusher_->condition().since, since);
    EXPECT_THAT(told_, ElementsAre(HasSubstr("takes no events: answered 500")));

    refuse("nothing");
    roundAfter(seconds{60});
    roundAfter(seconds{0});  // all that was tried meanwhile, at once
    EXPECT_EQ(ledger_->eventBacklog().count, 0U);
    EXPECT_FALSE(pusher_->condition().isWaitedFor);
    EXPECT_THAT(told_, ElementsAre(::testing::_, HasSubstr("takes events again")));
    const auto place = [&](const std::string& line) {
        return std::ranges::find(away_.taken, line) - away_.taken.begin();
    };
    EXPECT_EQ(away_.taken.size(), 5U);
    EXPECT_LT(place("zegel.order.in-production order/A"), place("zegel.card.claimed card/c1"));
    EXPECT_LT(place("zegel.order.in-production order/B"), place("zegel.card.claimed card/c2"));
}

TEST_F(PusherTest, aShortAbsenceChangesNoOrderAtAll) {
    claim("c1");
    claim("c2");
    refuse("", Kind::Away);
    pusher_->round();
    roundAfter(seconds{1});
    refuse("nothing");
    roundAfter(seconds{2});
    EXPECT_THAT(away_.taken,
                ElementsAre("zegel.batch.accepted batch/B", "zegel.order.in-production order/A",
                            "zegel.card.claimed card/c1", "zegel.order.in-production order/B",
                            "zegel.card.claimed card/c2"));
}

TEST_F(PusherTest, threeRefusalsInARowCountAsNobodyTakingAnything) {
    claim("c1");
    claim("c2");
    refuse("");
    pusher_->round();
    EXPECT_EQ(away_.asked, 3);
    EXPECT_TRUE(pusher_->condition().isWaitedFor);
}

TEST_F(PusherTest, oneEventThatTakesTheLineDownDoesNotKeepTheOthersForLong) {
    refuse("order/A", Kind::Away);
    claim("c1");
    claim("c2");
    for (int i = 0; i < 200; ++i)
        roundAfter(seconds{1});
    EXPECT_EQ(ledger_->eventBacklog().count, 2U);
    EXPECT_LT(away_.asked, 20);
    refuse("nothing");
    roundAfter(seconds{62});
    EXPECT_EQ(ledger_->eventBacklog().count, 0U);
}

TEST_F(PusherTest, sendsAgainUnderTheSameIdWhatItCouldNotRecord) {
    claim("c1");
    std::stop_source stop;
    away_.answer = [&](const std::string&) {
        stop.request_stop();  // the station is told to end while the first one is answered
        return EventAnswer{Kind::Taken, ""};
    };
    pusher_->round(stop.get_token());
    EXPECT_EQ(away_.asked, 1);
    EXPECT_EQ(ledger_->eventBacklog().count, 2U);
    restart();
    pusher_->round();
    EXPECT_EQ(away_.taken.size(), 3U);
}

}  // namespace
}  // namespace zegel::station
