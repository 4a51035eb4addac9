#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/failure.h"
#include "station/authority/turns.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace zegel::station {

class HostLookup;

/// Nobody took the call: it is sure that the message never left the house.
class MessageNotSent : public Failure {
public:
    using Failure::Failure;
};

/// What becomes of a message once the station stops.
enum class AtStop {
    NotAsked,    ///< asks for a certificate: not begun after an answer hung, never waited for long
    Hurried,     ///< can be said again after the next start: not waited for long
    SeenThrough  ///< a card hangs on it: waited for as ever
};

/// HTTP connections to the CA, kept alive between messages. Safe for several threads; each
/// message has a connection of its own, and no more than so many are under way at once: the others
/// wait for their turn, in the order in which they came.
class CmpLines {
public:
    /// Errors: SettingUnusable when the URL is not plain HTTP with a host.
    CmpLines(const std::string& url, std::chrono::milliseconds connectTimeout,
             std::chrono::milliseconds answerTimeout, std::size_t atOnce,
             std::chrono::milliseconds turnTimeout);
    ~CmpLines();
    CmpLines(const CmpLines&) = delete;
    CmpLines& operator=(const CmpLines&) = delete;

    const std::string& url() const noexcept { return url_; }

    /// POSTs one PKIMessage (application/pkixcmp) to the URL's path with `below` appended, once, as
    /// soon as it has its turn; from `place` Front before all that begin something new:
    /// the answer's last octet is there before the time-out is over. The host's name is looked up
    /// for each new connection, within the time for connecting.
    /// Errors: AuthorityUnavailable naming URL and reason; MessageNotSent when neither its turn nor
    /// a connection came.
    Bytes exchange(const std::string& below, ByteView message, AtStop atStop, Turns::Place place);

    /// The station stops: a CA that answers is still heard, one that hangs is given up after a
    /// moment, and from then on it is asked for no certificate any more.
    void windUp() noexcept { windingUp_ = true; }
    bool isWindingUp() const noexcept { return windingUp_; }
    std::chrono::milliseconds answerTimeout() const noexcept { return answerTimeout_; }

private:
    class Line;
    std::unique_ptr<Turns::Turn> awaitTurn(AtStop atStop, Turns::Place place);
    MessageNotSent givenUp() const;
    std::unique_ptr<Line> take();
    std::unique_ptr<Line> opened(AtStop atStop);
    void giveBack(std::unique_ptr<Line> line);
    Bytes exchangeOn(Line& line, const std::string& below, ByteView message, AtStop atStop);
    Bytes answerOf(Line& line);

    std::string url_;
    std::string host_;
    std::uint16_t port_ = 0;
    std::string path_;
    std::unique_ptr<HostLookup> lookup_;
    std::chrono::milliseconds connectTimeout_;
    std::chrono::milliseconds answerTimeout_;
    std::chrono::milliseconds turnTimeout_;
    Turns turns_;
    std::atomic<bool> windingUp_{false};
    std::atomic<bool> hung_{false};  ///< while winding up
    std::mutex mutex_;
    std::vector<std::unique_ptr<Line>> idle_;
};

}  // namespace zegel::station
