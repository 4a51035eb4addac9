#pragma once

#include "station/report/order_system.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <vector>

namespace zegel::station {

struct HttpOrderSystemSettings {
    std::string url;                                  ///< http or https
    std::vector<std::filesystem::path> certificates;  ///< PEM; roots that https leads to; none: the
                                                      ///< machine's
    std::chrono::seconds answerWithin{10};            ///< connecting, and each answer
};

/// POSTs events one after another on a connection that stays, as application/cloudevents+json with
/// the signature in the header Zegel-Signature. Redirections are not followed. To be used by one
/// thread.
class HttpOrderSystem final : public OrderSystem {
public:
    /// Errors: SettingUnusable for an address or certificates that will not do.
    explicit HttpOrderSystem(const HttpOrderSystemSettings& settings);
    ~HttpOrderSystem() override;
    HttpOrderSystem(const HttpOrderSystem&) = delete;
    HttpOrderSystem& operator=(const HttpOrderSystem&) = delete;

    EventAnswer take(std::string_view body, std::string_view signature,
                     const std::stop_token& stop) override;

private:
    struct Line;
    std::unique_ptr<Line> line_;
};

}  // namespace zegel::station
