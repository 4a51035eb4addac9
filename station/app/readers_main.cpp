#include "drivers/base/guarded_process.h"
#include "drivers/reader/pcsc/pcsc_reader_watch.h"
#include "drivers/reader/relay/reader_host.h"
#include "drivers/reader/relay/reader_service.h"

#include <exception>
#include <iostream>
#include <sys/stat.h>
#include <unistd.h>

namespace {

/// How long sessions may take to end when the station has gone; SIGALRM ends what hangs.
constexpr unsigned SecondsToEnd = 5;

}  // namespace

/// zegel-readers: the readers of one PC/SC service, for a station that started this process.
int main() try {
    using namespace zegel;
    guardThisProcess();
    struct stat control {};
    if (::fstat(drivers::ReaderControl, &control) != 0 || !S_ISSOCK(control.st_mode)) {
        std::cerr << "zegel-readers is started by zegel-station, not by hand\n";
        return 2;
    }
    drivers::PcscReaderWatch watch;
    drivers::serveReaders(drivers::RelaySocket{drivers::ReaderControl}, watch,
                          [] { ::alarm(SecondsToEnd); });
    return 0;
} catch (const std::exception& failure) {
    std::cerr << "zegel-readers: " << failure.what() << '\n';
    return 1;
}
