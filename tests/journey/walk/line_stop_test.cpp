#include "tests/house/house.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <system_error>

namespace zegel::tests {
namespace {

/// A watch at which something breaks that is no Failure.
template <typename Broken>
class BrokenWatch final : public drivers::ReaderWatch {
public:
    explicit BrokenWatch(Broken broken) : broken_(std::move(broken)) {}
    std::vector<ReaderName> readers() override { throw broken_; }
    void awaitChange(std::chrono::milliseconds) override { throw broken_; }
    std::unique_ptr<drivers::Reader> reader(const ReaderName&) override { throw broken_; }
    void interrupt() noexcept override {}

private:
    Broken broken_;
};

class LineStop : public ::testing::Test {
protected:
    template <typename Broken>
    std::string stoppedBy(Broken broken) {
        std::string said;
        station::StatusBoard board{{}};
        station::Line line{
            house.journeyHouse(),
            house.lineSettings,
            board,
            {[](const station::Produced&) {}, [](const station::Claim&, const Failure&) {},
             [&](const Failure& failure) { said = failure.what(); }}};
        BrokenWatch<Broken> watch{std::move(broken)};
        line.run(watch, "", {});
        return said;
    }

    House house;
};

TEST_F(LineStop, namesTheSettingsWhenNoThreadCanBeStarted) {
    const auto said = stoppedBy(
        std::system_error{std::make_error_code(std::errc::resource_unavailable_try_again)});
    EXPECT_THAT(said, ::testing::HasSubstr("LimitMEMLOCK"));
    EXPECT_THAT(said, ::testing::HasSubstr("TasksMax"));
}

TEST_F(LineStop, stopsTheStationByWhateverBreaksAndEndsNoProcess) {
    EXPECT_THAT(stoppedBy(std::runtime_error{"out of its depth"}),
                ::testing::HasSubstr("out of its depth"));
    EXPECT_FALSE(stoppedBy(std::bad_alloc{}).empty());
}

}  // namespace
}  // namespace zegel::tests
