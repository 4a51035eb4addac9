#pragma once

#include "config/settings.h"
#include "drivers/pkcs11/token.h"
#include "station/report/event_pusher.h"
#include "station/report/http_order_system.h"

#include <memory>
#include <stop_token>

namespace zegel::station {

/// The thread that takes events to the order system, wired: signer, HTTP and pusher.
class EventPost {
public:
    /// Errors: SettingUnusable, TokenUnavailable.
    EventPost(const config::OrdersSettings& settings, const std::string& station, Ledger& ledger,
              std::shared_ptr<pkcs11::Token> token, const Clock& clock, EventPusher::Tell tell);

    /// Works until `stop`; an answer that is waited for is waited for no more then.
    /// Errors: LedgerUnwritable.
    void run(const std::stop_token& stop);

    OrderSystemCondition condition() const { return pusher_.condition(); }

private:
    HttpOrderSystem orderSystem_;
    EventPusher pusher_;
};

}  // namespace zegel::station
