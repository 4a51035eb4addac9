#include "pinmailer/press/new_file.h"

#include "drivers/base/failure.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace zegel::press {
namespace {

constexpr off_t LargestFile = 1 << 20;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw Failure{Fault::LetterUnusable, path + " " + why};
}

[[noreturn]] void refuseForErrno(const std::string& path, const char* what) {
    const auto reason = std::error_code{errno, std::generic_category()}.message();
    refuse(path, std::string{what} + ": " + reason);
}

std::string folderOf(const std::string& path) {
    const auto folder = std::filesystem::path{path}.parent_path().string();
    return folder.empty() ? "." : folder;
}

void syncFolderOf(const std::string& path) {
    const auto descriptor = open(folderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    fsync(descriptor);
    close(descriptor);
}

}  // namespace

NewFile::NewFile(std::string path, Over over) : path_(std::move(path)), over_(over) {
    if (over_ == Over::AnyFile) {  // a nameless file can only get a name that is free
        beginUnderAName();
    } else {
        if (std::filesystem::exists(std::filesystem::symlink_status(path_)))
            refuse(path_, "is there already, and is not replaced; name another file");
        descriptor_ =
            open(folderOf(path_).c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (descriptor_ < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) beginUnderAName();
    }
    if (descriptor_ < 0) refuseForErrno(path_, "cannot be made");
}

/// Not every file system keeps a file that has no name.
void NewFile::beginUnderAName() {
    part_ = path_ + ".part";
    unlink(part_.c_str());  // left over from a run that died
    descriptor_ = open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                       S_IRUSR | S_IWUSR);
}

NewFile::~NewFile() {
    if (descriptor_ >= 0) close(descriptor_);
    if (!part_.empty()) unlink(part_.c_str());
}

void NewFile::write(ByteView octets) {
    while (!octets.empty()) {
        const auto written = ::write(descriptor_, octets.data(), octets.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) refuseForErrno(path_, "cannot be written");
        octets = octets.subspan(static_cast<std::size_t>(written));
    }
}

void NewFile::keep() {
    if (fsync(descriptor_) != 0) refuseForErrno(path_, "cannot be written");
    const auto nameless = "/proc/self/fd/" + std::to_string(descriptor_);
    const auto named = part_.empty() ? linkat(AT_FDCWD, nameless.c_str(), AT_FDCWD, path_.c_str(),
                                              AT_SYMLINK_FOLLOW)
                                     : renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, path_.c_str(),
                                                 over_ == Over::AnyFile ? 0 : RENAME_NOREPLACE);
    if (named != 0) refuseForErrno(path_, "cannot get its name");
    part_.clear();
    syncFolderOf(path_);
}

Bytes readSmallFile(const std::string& path) {
    const auto descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) refuseForErrno(path, "cannot be opened");
    struct stat about {};
    Bytes octets;
    const bool usable =
        fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) && about.st_size <= LargestFile;
    if (usable) octets.resize(static_cast<std::size_t>(about.st_size));
    std::size_t length = 0;
    while (usable && length < octets.size()) {
        const auto got = read(descriptor, octets.data() + length, octets.size() - length);
        if (got <= 0) break;
        length += static_cast<std::size_t>(got);
    }
    close(descriptor);
    if (!usable) refuse(path, "is not a regular file of at most 1 MiB");
    if (length != octets.size()) refuse(path, "cannot be read to its end");
    return octets;
}

}  // namespace zegel::press
