#include "tests/fault/kill/doom.h"

#include <new>
#include <sqlite3.h>

// SQLite's own interface to files, https://www.sqlite.org/vfs.html: every call goes on to the VFS
// that was the default before.

namespace zegel::tests {
namespace {

sqlite3_vfs* real = nullptr;

struct WatchedFile {
    sqlite3_file base;

    /// The real file lies behind this one in SQLite's memory.
    static sqlite3_file* behind(sqlite3_file* file) {
        return reinterpret_cast<sqlite3_file*>(reinterpret_cast<WatchedFile*>(file) + 1);
    }
};

template <auto Method, typename... Arguments>
int onward(sqlite3_file* file, Arguments... arguments) {
    auto* behind = WatchedFile::behind(file);
    return (behind->pMethods->*Method)(behind, arguments...);
}

int write(sqlite3_file* file, const void* octets, int count, sqlite3_int64 offset) {
    pass(Blow::BeforeWrite);
    if (isDue(Blow::AmidWrite)) {
        onward<&sqlite3_io_methods::xWrite>(file, octets, count / 2, offset);
        die();
    }
    return onward<&sqlite3_io_methods::xWrite>(file, octets, count, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    pass(Blow::BeforeWrite);
    return onward<&sqlite3_io_methods::xTruncate>(file, size);
}

int sync(sqlite3_file* file, int flags) {
    pass(Blow::BeforeWrite);
    return onward<&sqlite3_io_methods::xSync>(file, flags);
}

void shmBarrier(sqlite3_file* file) {
    auto* behind = WatchedFile::behind(file);
    behind->pMethods->xShmBarrier(behind);
}

const sqlite3_io_methods Methods{
    2,  // with shared memory for the WAL, without memory-mapped pages
    onward<&sqlite3_io_methods::xClose>,
    onward<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    write,
    truncate,
    sync,
    onward<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    onward<&sqlite3_io_methods::xLock, int>,
    onward<&sqlite3_io_methods::xUnlock, int>,
    onward<&sqlite3_io_methods::xCheckReservedLock, int*>,
    onward<&sqlite3_io_methods::xFileControl, int, void*>,
    onward<&sqlite3_io_methods::xSectorSize>,
    onward<&sqlite3_io_methods::xDeviceCharacteristics>,
    onward<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
    onward<&sqlite3_io_methods::xShmLock, int, int, int>,
    shmBarrier,
    onward<&sqlite3_io_methods::xShmUnmap, int>,
    nullptr,
    nullptr};

int open(sqlite3_vfs* /*door*/, const char* name, sqlite3_file* file, int flags, int* out) {
    auto* behind = WatchedFile::behind(file);
    behind->pMethods = nullptr;
    const int result = real->xOpen(real, name, behind, flags, out);
    file->pMethods = behind->pMethods == nullptr ? nullptr : &Methods;
    return result;
}

int remove(sqlite3_vfs* /*door*/, const char* name, int syncFolder) {
    pass(Blow::BeforeWrite);
    return real->xDelete(real, name, syncFolder);
}

}  // namespace

void watchLedgerWrites() {
    if (real != nullptr) return;
    real = sqlite3_vfs_find(nullptr);
    static sqlite3_vfs door = *real;
    door.zName = "watched";
    door.szOsFile += static_cast<int>(sizeof(WatchedFile));
    door.xOpen = open;
    door.xDelete = remove;
    sqlite3_vfs_register(&door, 1);
}

}  // namespace zegel::tests
