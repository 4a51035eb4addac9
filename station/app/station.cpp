#include "station/app/station.h"

#include "drivers/reader/relay/relayed_reader_watch.h"
#include "station/app/station_works.h"

#include <thread>

namespace zegel::station {
namespace {

constexpr std::chrono::milliseconds InboxLook{200};
constexpr std::chrono::milliseconds CrlLook{500};
constexpr std::chrono::seconds IssuerLook{5};

/// Installed beside this program.
std::filesystem::path readersProgram() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "zegel-readers";
}

}  // namespace

/// However the station comes to its end: every thread is told before the first one is waited for,
/// so that no reader begins another card meanwhile.
class Station::StopAll {
public:
    StopAll(Works& works, std::vector<std::jthread>& working, std::jthread& posting)
        : works_(works), working_(working), posting_(posting) {}
    ~StopAll() {
        begin();
        posting_.request_stop();
    }
    StopAll(const StopAll&) = delete;
    StopAll& operator=(const StopAll&) = delete;

    void begin() const {
        for (auto& thread : working_)
            thread.request_stop();
        works_.authority.windUp();  // a CA that hangs is not waited for; one that answers is heard
        for (const auto& source : works_.crlSources)
            source->windUp();
        works_.api.reset();
    }

private:
    Works& works_;
    std::vector<std::jthread>& working_;
    std::jthread& posting_;
};

Station::Station(const config::Settings& settings) : works_(std::make_unique<Works>(settings)) {}

Station::~Station() = default;

void Station::Works::serveReaders(const config::ReaderService& service,
                                  const std::stop_token& ending) {
    const auto start = [&] {
        return std::make_unique<drivers::ReaderProcess>(readersProgram(), service.socket);
    };
    drivers::RelayedReaderWatch watch{start, service.name};
    line.run(watch, service.name, ending);
}

/// What ends the station when it fails.
template <typename Work>
void Station::Works::orStop(Work&& work) {
    try {
        work();
    } catch (const Failure& failure) {
        remember(failure);
    } catch (const std::exception& defect) {
        remember(Failure{Fault::Defect, defect.what()});
    }
}

void Station::Works::keepRevoking(const std::stop_token& ending) {
    while (!ending.stop_requested()) {
        revoke(ending);
        std::unique_lock lock{mutex};
        wake.wait_for(lock, ending, InboxLook, [] { return false; });
    }
}

/// On a thread of its own: a server that hangs with its list holds up no revocation.
void Station::Works::keepWatchingCrl(const std::stop_token& ending) {
    while (!ending.stop_requested()) {
        crlWatch.round(ending);
        std::unique_lock lock{mutex};
        wake.wait_for(lock, ending, CrlLook, [] { return false; });
    }
}

/// A CA that is away at the start is asked once it is there: settings that leave out the one that
/// issues cost a certificate and a blank at every try.
void Station::Works::expectIssuerNamed(const std::stop_token& ending) {
    while (!askedAuthority.expectIssuerNamed() && !ending.stop_requested()) {
        std::unique_lock lock{mutex};
        wake.wait_until(lock, ending, std::chrono::steady_clock::now() + IssuerLook,
                        [] { return false; });
    }
}

void Station::run(const std::stop_token& stop) {
    auto& works = *works_;
    for (const auto& batch : works.ledger.batches())
        works.statusFiles.keep({batch.id});
    std::vector<std::jthread> working;
    std::jthread posting;
    const StopAll stopAll{works, working, posting};
    for (const auto& service : works.settings.readers.services) {
        working.emplace_back([&works, &service](const std::stop_token& ending) {
            works.serveReaders(service, ending);
        });
    }
    posting = std::jthread{[&works](const std::stop_token& ending) {
        if (works.events) works.orStop([&] { works.events->run(ending); });
    }};
    working.emplace_back([&works](const std::stop_token& ending) {
        works.orStop([&] { works.keepRevoking(ending); });
    });
    if (!works.crlSources.empty()) {
        working.emplace_back([&works](const std::stop_token& ending) {
            works.orStop([&] { works.keepWatchingCrl(ending); });
        });
    }
    // Beside them: a CA that is away, or hangs, holds up no start.
    working.emplace_back([&works](const std::stop_token& ending) {
        works.orStop([&] { works.expectIssuerNamed(ending); });
    });
    while (!stop.stop_requested()) {
        works.look();
        std::unique_lock lock{works.mutex};
        works.wake.wait_for(lock, stop, InboxLook, [&] { return works.stoppedBy != nullptr; });
        if (works.stoppedBy) break;
    }
    stopAll.begin();
    working.clear();
    posting.request_stop();  // last, for what the others had to tell
    posting.join();
    if (works.stoppedBy) std::rethrow_exception(works.stoppedBy);
    works.writeLastReports();
    works.signAudit();
    works.log.write("station stopped");
}

}  // namespace zegel::station
