#include "station/authority/cmp_socket.h"

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Timespan.h>

#include <algorithm>

namespace zegel::station {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds WindUpGrace{1500};
const Poco::Timespan Look{0, 100000};

}  // namespace

void CmpSocket::open(const Poco::Net::SocketAddress& address, std::chrono::milliseconds atMost,
                     bool hurries) {
    expectWithin(atMost, hurries);
    connectNB(address);
    await(SELECT_WRITE | SELECT_ERROR);
    if (const int failed = socketError(); failed != 0) error(failed, address.toString());
    setBlocking(true);
    setNoDelay(true);
}

void CmpSocket::expectWithin(std::chrono::milliseconds atMost, bool hurries) {
    deadline_ = Clock::now() + atMost;
    hurries_ = hurries;
}

int CmpSocket::receiveBytes(void* buffer, int length, int flags) {
    await(SELECT_READ);
    return TcpConnection::receiveBytes(buffer, length, flags);
}

void CmpSocket::await(int mode) {
    while (!poll(Look, mode)) {
        if (windingUp_ && hurries_) {
            hurries_ = false;
            deadline_ = std::min(deadline_, Clock::now() + WindUpGrace);
        }
        if (Clock::now() > deadline_) throw Poco::TimeoutException{};
    }
    if (Clock::now() > deadline_) throw Poco::TimeoutException{};
}

}  // namespace zegel::station
