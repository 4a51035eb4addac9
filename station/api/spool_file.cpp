#include "station/api/spool_file.h"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace zegel::station {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error{errno, std::generic_category(), what};
}

}  // namespace

SpoolFile::SpoolFile(std::filesystem::path file)
    : file_(std::move(file)),
      descriptor_(::open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0) fail("making a file in the spool");
}

SpoolFile::~SpoolFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    std::error_code movedMeanwhile;
    std::filesystem::remove(file_, movedMeanwhile);
}

void SpoolFile::append(std::string_view octets) {
    while (!octets.empty()) {
        const auto written = ::write(descriptor_, octets.data(), octets.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) fail("writing a file in the spool");
        octets.remove_prefix(static_cast<std::size_t>(written));
    }
}

void SpoolFile::close() {
    const int closing = std::exchange(descriptor_, -1);
    if (closing >= 0 && ::close(closing) != 0) fail("closing a file in the spool");
}

}  // namespace zegel::station
