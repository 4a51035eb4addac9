#include "drivers/base/guarded_process.h"
#include "drivers/base/version.h"
#include "drivers/reader/pcsc/pcsc_reader_watch.h"
#include "drivers/reader/relay/reader_host.h"
#include "drivers/reader/relay/reader_service.h"

#include <csignal>
#include <exception>
#include <iostream>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace {

bool isStartedByStation(int count, char** words) {
    struct stat control {};
    return count == 2 && std::string_view{words[1]} == zegel::drivers::RelayWire &&
           ::fstat(zegel::drivers::ReaderControl, &control) == 0 && S_ISSOCK(control.st_mode);
}

/// Gives the exit status of who did not start it as a station does.
int tellWhatItIs(int count, char** words) {
    const std::string_view asked = count == 2 ? words[1] : "";
    if (asked == "--version") {
        std::cout << "zegel-readers " << zegel::version() << '\n';
        return 0;
    }
    const bool help = asked == "--help" || asked == "-h" || asked == "help";
    (help ? std::cout : std::cerr)
        << "zegel-readers is started by a zegel-station of its own version, not by hand. It "
           "reaches "
           "the\nreaders of one PC/SC service for it. zegel-readers --version tells which it is.\n";
    return help ? 0 : 2;
}

}  // namespace

/// zegel-readers: the readers of one PC/SC service, for a station that started this process.
int main(int count, char** words) try {
    using namespace zegel;
    if (!isStartedByStation(count, words)) return tellWhatItIs(count, words);
    // It ends when the station does, after the cards under way: whoever ends the station's whole
    // group or service means the station.
    for (const int end : {SIGINT, SIGTERM, SIGHUP})
        std::signal(end, SIG_IGN);
    if (const auto unlocked = guardThisProcess())
        std::cerr << "zegel-readers: " << *unlocked << '\n';
    drivers::PcscReaderWatch watch;
    // What hangs in the service is ended by SIGALRM.
    drivers::serveReaders(drivers::RelaySocket{drivers::ReaderControl}, watch,
                          [] { ::alarm(drivers::ReaderTimeToEnd.count()); });
    return 0;
} catch (const std::exception& failure) {
    std::cerr << "zegel-readers: " << failure.what() << '\n';
    return 1;
}
