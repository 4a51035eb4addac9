#include "station/line/reader_status.h"

#include <gtest/gtest.h>

namespace zegel::station {
namespace {

ReaderStatus statusOf(const std::string& reader, const std::string& message, int made = 0) {
    ReaderStatus status;
    status.reader = ReaderName{reader};
    status.message = message;
    status.made = made;
    return status;
}

TEST(StatusBoard, hearsEveryChangeAndTheSameAgainIsNone) {
    int changes = 0;
    StatusBoard board{[&](const ReaderStatus&) { ++changes; }};
    board.set(statusOf("Left", "put in a blank card"));
    board.set(statusOf("Left", "put in a blank card"));
    board.set(statusOf("Left", "making keys"));
    EXPECT_EQ(changes, 2);
}

TEST(StatusBoard, aRetiredRowIsHeardOnceMoreAndShownNoMore) {
    std::string heard;
    std::size_t shownThen = 9;
    StatusBoard board{[&](const ReaderStatus& status) {
        heard = status.message;
        shownThen = board.all().size();
    }};
    board.set(statusOf("PC/SC service", "it hangs"));
    board.retire(statusOf("PC/SC service", "it answers again"));
    EXPECT_EQ(heard, "it answers again");
    EXPECT_EQ(shownThen, 0U) << "who writes it down on hearing of it writes what is left";
    EXPECT_TRUE(board.all().empty());
}

TEST(StatusBoard, remembersWhatAReaderMadeThatIsGone) {
    StatusBoard board{nullptr};
    EXPECT_EQ(board.last(ReaderName{"Left"}), std::nullopt);
    board.set(statusOf("Left", "the reader is not there any more", 7));
    ASSERT_TRUE(board.last(ReaderName{"Left"}).has_value());
    EXPECT_EQ(board.last(ReaderName{"Left"})->made, 7);
}

TEST(StatusBoard, knowsItsReadersOnceEveryServiceWasListed) {
    using Names = std::set<ReaderName>;
    StatusBoard board{nullptr};
    EXPECT_EQ(board.readersAmong(2), std::nullopt);
    board.listed("left", {ReaderName{"left/One"}});
    EXPECT_EQ(board.readersAmong(2), std::nullopt);
    board.set(statusOf("PC/SC service right", "it hangs"));
    board.listed("right", {});
    EXPECT_EQ(board.readersAmong(2), Names{ReaderName{"left/One"}}) << "a service is no reader";
    auto shown = statusOf("right/Two", "put in a blank card");
    shown.carrier = cardprofiles::Carrier::SmartCard;
    board.set(shown);
    board.listed("left", {});
    EXPECT_EQ(board.readersAmong(2), Names{ReaderName{"right/Two"}});
}

}  // namespace
}  // namespace zegel::station
