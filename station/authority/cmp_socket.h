#pragma once

#include <Poco/Net/StreamSocketImpl.h>

#include <atomic>
#include <chrono>

namespace zegel::station {

using TcpConnection = Poco::Net::StreamSocketImpl;

/// One TCP connection that is never waited for longer than until its deadline, however slowly the
/// other side drips, and hardly any longer once the station winds up unless it is worth it.
class CmpSocket : public TcpConnection {
public:
    explicit CmpSocket(const std::atomic<bool>& windingUp) : windingUp_(windingUp) {}
    CmpSocket(const CmpSocket&) = delete;
    CmpSocket& operator=(const CmpSocket&) = delete;

    /// Errors: Poco::TimeoutException, Poco::Net::NetException.
    void open(const Poco::Net::SocketAddress& address, std::chrono::milliseconds atMost,
              bool hurries);
    /// For all that is received from here on. `hurries`: not for long once the station winds up.
    void expectWithin(std::chrono::milliseconds atMost, bool hurries);

    using TcpConnection::receiveBytes;
    /// Errors: Poco::TimeoutException past the deadline.
    int receiveBytes(void* buffer, int length, int flags) override;

protected:
    ~CmpSocket() override = default;  // counted by its StreamSocket

private:
    void await(int mode);

    const std::atomic<bool>& windingUp_;
    std::chrono::steady_clock::time_point deadline_;
    bool hurries_ = false;  ///< still to be done when the station winds up
};

}  // namespace zegel::station
