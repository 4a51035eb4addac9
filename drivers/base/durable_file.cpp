#include "drivers/base/durable_file.h"

#include "drivers/base/failure.h"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unistd.h>

namespace zegel {
namespace {

class Descriptor {
public:
    Descriptor(const std::filesystem::path& path, int flags)
        : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number() const noexcept { return number_; }

private:
    int number_;
};

void expect(bool ok, const std::string& what, const std::filesystem::path& file) {
    if (ok) return;
    throw Failure{Fault::LedgerUnwritable, "cannot " + what + " " + file.string() + ": " +
                                               std::generic_category().message(errno)};
}

void flushFolderOf(const std::filesystem::path& file) {
    const auto folder = file.has_parent_path() ? file.parent_path() : ".";
    const Descriptor descriptor{folder, O_RDONLY | O_DIRECTORY};
    expect(descriptor.number() >= 0 && ::fsync(descriptor.number()) == 0, "flush", folder);
}

}  // namespace

void writeDurably(const std::filesystem::path& file, ByteView content) {
    auto beside = file;
    beside += ".part";
    {
        const Descriptor descriptor{beside, O_WRONLY | O_CREAT | O_TRUNC};
        expect(descriptor.number() >= 0, "write", beside);
        while (!content.empty()) {
            const auto written = ::write(descriptor.number(), content.data(), content.size());
            if (written < 0 && errno == EINTR) continue;
            expect(written > 0, "write", beside);
            content = content.subspan(static_cast<std::size_t>(written));
        }
        expect(::fsync(descriptor.number()) == 0, "flush", beside);
    }
    renameDurably(beside, file);
}

void renameDurably(const std::filesystem::path& from, const std::filesystem::path& to) {
    expect(::rename(from.c_str(), to.c_str()) == 0, "rename", from);
    flushFolderOf(to);
}

bool removeDurably(const std::filesystem::path& file) {
    const bool was = ::unlink(file.c_str()) == 0;
    expect(was || errno == ENOENT, "remove", file);
    if (was) flushFolderOf(file);
    return was;
}

void flushDurably(const std::filesystem::path& file) {
    const Descriptor descriptor{file, O_RDONLY};
    expect(descriptor.number() >= 0 && ::fsync(descriptor.number()) == 0, "flush", file);
}

Bytes readFile(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) throw Failure{Fault::SettingUnusable, "cannot read " + file.string()};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace zegel
