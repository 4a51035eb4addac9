#pragma once

#include "drivers/base/bytes.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace zegel::station {

/// HTTP connections to the CA, kept alive between messages. Safe for several threads; each
/// message has a connection of its own.
class CmpLines {
public:
    /// Errors: SettingUnusable when the URL is not plain HTTP with a host.
    CmpLines(const std::string& url, std::chrono::milliseconds connectTimeout,
             std::chrono::milliseconds answerTimeout);
    ~CmpLines();
    CmpLines(const CmpLines&) = delete;
    CmpLines& operator=(const CmpLines&) = delete;

    const std::string& url() const noexcept { return url_; }

    /// POSTs one PKIMessage (application/pkixcmp) to the URL's path with `below` appended, once.
    /// Errors: AuthorityUnavailable naming URL and reason.
    Bytes exchange(const std::string& below, ByteView message);

    /// After an exchange that found nobody: whether somebody listens there now. Costs nothing
    /// while the last one came through. Errors: AuthorityUnavailable.
    void expectListener() const;

private:
    class Line;
    std::unique_ptr<Line> take();
    void giveBack(std::unique_ptr<Line> line);
    Bytes exchangeOn(Line& line, const std::string& below, ByteView message);

    std::string url_;
    std::string host_;
    std::uint16_t port_ = 0;
    std::string path_;
    std::chrono::milliseconds connectTimeout_;
    std::chrono::milliseconds answerTimeout_;
    std::atomic<bool> away_{false};
    std::mutex mutex_;
    std::vector<std::unique_ptr<Line>> idle_;
};

}  // namespace zegel::station
