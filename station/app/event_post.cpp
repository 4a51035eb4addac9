#include "station/app/event_post.h"

#include "station/app/house_keys.h"

#include <condition_variable>
#include <mutex>

namespace zegel::station {
namespace {

constexpr std::chrono::milliseconds Look{100};

}  // namespace

EventPost::EventPost(const config::OrdersSettings& settings, const std::string& station,
                     Ledger& ledger, std::shared_ptr<pkcs11::Token> token, const Clock& clock,
                     EventPusher::Tell tell)
    : orderSystem_({settings.eventsUrl, settings.certificates, settings.answerWithin}),
      pusher_(ledger, {ledger.instance(), station}, eventSignerOf(settings, std::move(token)),
              orderSystem_, clock, std::move(tell),
              {.first = std::chrono::seconds{1}, .longest = settings.longestPause}) {}

void EventPost::run(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
        pusher_.round(stop);
        std::unique_lock lock{mutex};
        wake.wait_for(lock, stop, Look, [] { return false; });
    }
}

}  // namespace zegel::station
