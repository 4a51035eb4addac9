#include "station/line/line.h"

#include "drivers/base/told.h"
#include "station/line/reader_thread.h"

#include <algorithm>
#include <fnmatch.h>
#include <system_error>
#include <utility>

namespace zegel::station {
namespace {

constexpr std::chrono::milliseconds LongestLook{2000};

}  // namespace

Line::Line(House house, LineSettings settings, StatusBoard& board, LineEvents events)
    : house_(std::move(house)),
      settings_(std::move(settings)),
      board_(board),
      events_(std::move(events)) {}

Line::~Line() = default;

void Line::run(drivers::ReaderWatch& watch, const std::string& service,
               const std::stop_token& stop) {
    try {
        watchReaders(watch, service, stop);
    } catch (const std::system_error& lacking) {
        events_.stopStation(
            Failure{Fault::SettingUnusable, std::string{"no thread can be started for a reader: "} +
                                                lacking.what() +
                                                "; raise LimitMEMLOCK or TasksMax of the service"});
    } catch (const std::exception& defect) {
        events_.stopStation(Failure{Fault::Defect, defect.what()});
    }
    std::map<ReaderName, std::unique_ptr<ReaderThread>> ending;
    {
        const std::lock_guard alone{mutex_};
        ending = std::exchange(threads_, {});
    }
    for (const auto& [name, thread] : ending)
        thread->requestStop();
}

void Line::watchReaders(drivers::ReaderWatch& watch, const std::string& service,
                        const std::stop_token& stop) {
    std::string complaint;
    ReaderStatus status;
    status.reader = ReaderName{service.empty() ? "PC/SC service" : "PC/SC service " + service};
    const std::stop_callback wake{stop, [&watch] { watch.interrupt(); }};
    while (!stop.stop_requested()) {
        try {
            startNew(watch, service);
            if (!std::exchange(complaint, {}).empty()) {
                status.state = ReaderStatus::State::Idle;
                status.message = "the service answers again";
                status.fault.reset();
                board_.retire(status);
            }
            watch.awaitChange(LongestLook);
        } catch (const Failure& failure) {
            if (failure.fault() != Fault::ReaderUnavailable) {
                return events_.stopStation(failure);
            }
            if (complaint != told(failure)) {
                complaint = told(failure);
                status.state = ReaderStatus::State::Paused;
                status.message = complaint;
                status.fault = failure.fault();
                board_.set(status);
                board_.listed(service, {});
            }
            std::unique_lock lock{mutex_};
            pause_.wait_for(lock, stop, LongestLook / 4, [] { return false; });
        }
    }
}

void Line::startNew(drivers::ReaderWatch& watch, const std::string& service) {
    auto present = watch.readers();
    dropGone();
    std::erase_if(present, [&](const ReaderName& name) {
        return std::ranges::any_of(settings_.ignoredReaders, [&](const std::string& pattern) {
            return ::fnmatch(pattern.c_str(), name.value().c_str(), FNM_CASEFOLD) == 0;
        });
    });
    board_.listed(service, present);
    const std::lock_guard alone{mutex_};
    for (const auto& name : present) {
        if (threads_.contains(name)) continue;
        threads_.emplace(name, std::make_unique<ReaderThread>(name, watch, house_, settings_,
                                                              board_, failures_, events_));
    }
}

void Line::dropGone() {
    const std::lock_guard alone{mutex_};
    std::erase_if(threads_, [](const auto& entry) { return entry.second->ended(); });
}

void Line::ring() noexcept {
    const std::lock_guard alone{mutex_};
    for (const auto& [name, thread] : threads_)
        thread->ring();
}

}  // namespace zegel::station
