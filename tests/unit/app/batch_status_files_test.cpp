#include "station/app/batch_status_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zegel::station {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A house whose time only goes on when it is told to, or by what it works.
class BatchStatus : public ::testing::Test {
protected:
    /// What was written since the last call.
    std::vector<std::string> written() { return std::exchange(written_, {}); }

    void changed(const std::string& batch) { files_.keep({BatchId{batch}}); }
    void look() { files_.keep({}); }

    BatchStatusFiles::Moment now_{};
    BatchStatusFiles::Span worked_{};
    BatchStatusFiles::Span takes_ = seconds{2};
    std::set<std::string> ended_;
    std::vector<std::string> written_;
    BatchStatusFiles files_{
        {.write =
             [this](const BatchId& batch) {
                 written_.push_back(batch.value());
                 worked_ += takes_;
                 now_ += takes_;
             },
         .isOpen = [this](const BatchId& batch) { return !ended_.contains(batch.value()); },
         .now = [this] { return now_; },
         .worked = [this] { return worked_; }}};
};

TEST_F(BatchStatus, isWrittenAtTheFirstChange) {
    changed("B");
    EXPECT_THAT(written(), ElementsAre("B"));
    now_ += seconds{1000};
    look();
    EXPECT_THAT(written(), IsEmpty());
}

TEST_F(BatchStatus, restsForTenTimesWhatItTook) {
    changed("B");
    written();
    for (int i = 0; i < 19; ++i) {
        now_ += seconds{1};
        changed("B");
        EXPECT_THAT(written(), IsEmpty()) << i;
    }
    now_ += seconds{1};
    look();  // nothing changes any more, and what changed is told
    EXPECT_THAT(written(), ElementsAre("B"));
    now_ += seconds{1000};
    look();
    EXPECT_THAT(written(), IsEmpty());
}

TEST_F(BatchStatus, ofASmallBatchHardlyRests) {
    takes_ = milliseconds{1};
    changed("B");
    written();
    now_ += milliseconds{10};
    changed("B");
    EXPECT_THAT(written(), ElementsAre("B"));
}

TEST_F(BatchStatus, isWrittenAtOnceWhenTheLastOrderIsDone) {
    changed("B");
    written();
    changed("B");
    EXPECT_THAT(written(), IsEmpty());
    ended_.insert("B");
    changed("B");
    EXPECT_THAT(written(), ElementsAre("B"));
    changed("B");  // receipts come: they wait again
    EXPECT_THAT(written(), IsEmpty());
    now_ += seconds{20};
    look();
    EXPECT_THAT(written(), ElementsAre("B"));
}

TEST_F(BatchStatus, isWrittenAtOnceAgainWhenABatchThatWentOnEnds) {
    ended_.insert("B");
    changed("B");
    ended_.clear();  // an order on hold was released
    now_ += seconds{20};
    changed("B");
    written();
    ended_.insert("B");
    changed("B");
    EXPECT_THAT(written(), ElementsAre("B"));
}

TEST_F(BatchStatus, isWrittenAtOnceWhenItEndedWhileItWasWritten) {
    changed("B");
    ended_.insert("B");  // what was written still saw it open
    changed("B");
    EXPECT_THAT(written(), ElementsAre("B", "B"));
}

TEST_F(BatchStatus, ofOneBatchDoesNotWaitForAnother) {
    changed("large");
    takes_ = milliseconds{1};
    changed("small");
    now_ += milliseconds{10};
    changed("small");
    EXPECT_THAT(written(), ElementsAre("large", "small", "small"));
}

TEST_F(BatchStatus, ofManyBatchesTakesNoMoreThanOfOne) {
    int writings = 0;
    for (int round = 0; round < 10'000; ++round) {
        files_.keep({BatchId{"A"}, BatchId{"B"}, BatchId{"C"}, BatchId{"D"}});
        writings += static_cast<int>(written().size());
        now_ += seconds{1};
    }
    const double share = std::chrono::duration<double>(worked_) / now_.time_since_epoch();
    EXPECT_GT(writings, 400);
    EXPECT_LT(share, 0.12);
}

TEST_F(BatchStatus, waitsForNothingAtTheEnd) {
    changed("A");
    changed("B");
    written();
    files_.keep({BatchId{"A"}, BatchId{"B"}});
    EXPECT_THAT(written(), IsEmpty());
    files_.keepAll();
    EXPECT_THAT(written(), ElementsAre("A", "B"));
    files_.keepAll();
    EXPECT_THAT(written(), IsEmpty());
}

}  // namespace
}  // namespace zegel::station
