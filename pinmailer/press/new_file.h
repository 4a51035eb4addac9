#pragma once

#include "drivers/base/bytes.h"

#include <string>

namespace zegel::press {

/// A file that nobody else can read (0600), appears whole under its name or not at all, and
/// replaces another only where that is said. Errors of every call: LetterUnusable naming the file.
class NewFile {
public:
    /// Starts in the folder of `path` without a name, so that nothing is left when the program
    /// dies; where the file system has no such files, as `path` with ".part" behind.
    /// `over`: what may be where it gets its name.
    enum class Over { Nothing, AnyFile };
    explicit NewFile(std::string path, Over over = Over::Nothing);
    ~NewFile();
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    void write(ByteView octets);
    /// Gives the file its name, durably.
    void keep();

private:
    void beginUnderAName();

    std::string path_;
    Over over_;
    std::string part_;  ///< empty while it has no name
    int descriptor_ = -1;
};

/// A regular file of at most 1 MiB. Errors: LetterUnusable naming the file.
Bytes readSmallFile(const std::string& path);

}  // namespace zegel::press
