#include "station/app/log.h"

#include <gtest/gtest.h>

#include <csignal>
#include <iterator>
#include <sys/resource.h>
#include <unistd.h>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

/// While it lives no file of this process grows: what a full disk is to who writes.
class FullDisk {
public:
    FullDisk() : before_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &limit_);
        auto none = limit_;
        none.rlim_cur = 0;
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &limit_);
        std::signal(SIGXFSZ, before_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    void (*before_)(int);
    ::rlimit limit_{};
};

std::string contentOf(const fs::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(Log, goesOnWhenTheDiskHasRoomAgain) {
    const auto file =
        fs::temp_directory_path() / ("zegel-log-" + std::to_string(::getpid()) + ".log");
    {
        Log log{file};
        log.write("one");
        {
            const FullDisk full;
            log.write("two");  // what the buffer has no room for is lost
        }
        log.write("three");
    }
    const auto said = contentOf(file);
    fs::remove(file);
    EXPECT_NE(said.find(" one\n"), std::string::npos) << said;
    EXPECT_NE(said.find(" three\n"), std::string::npos) << said;
}

}  // namespace
}  // namespace zegel::station
