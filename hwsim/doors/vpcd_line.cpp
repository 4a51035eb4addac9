#include "hwsim/doors/vpcd_line.h"

#include "drivers/base/failure.h"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace zegel::hwsim {
namespace {

using namespace std::chrono_literals;
using SteadyTime = VpcdLine::SteadyTime;

constexpr SteadyTime::rep Powered = -1;

enum Control : std::uint8_t { Off = 0, On = 1, Reset = 2, Atr = 4 };

int connectOnce(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        return socket;
    }
    ::close(socket);
    return -1;
}

/// The reader may still be starting: nothing but trying again tells when it listens.
int connectBy(SteadyTime deadline, std::uint16_t port) {
    for (;;) {
        const int socket = connectOnce(port);
        if (socket >= 0) return socket;
        if (std::chrono::steady_clock::now() >= deadline) {
            throw Failure(Fault::ReaderUnavailable, "no virtual reader listens on port " +
                                                        std::to_string(port) +
                                                        "; is pcscd running?");
        }
        std::this_thread::sleep_for(2ms);
    }
}

void setOption(int socket, int option) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, option, &on, sizeof on);
}

}  // namespace

VpcdLine::VpcdLine(std::uint16_t port, std::shared_ptr<Chip> chip, SteadyTime deadline,
                   std::function<void()> onRest)
    : chip_(std::move(chip)),
      onRest_(std::move(onRest)),
      socket_(connectBy(deadline, port)),
      restingSince_(std::chrono::steady_clock::now().time_since_epoch().count()) {
    setOption(socket_, TCP_NODELAY);
    setOption(socket_, TCP_QUICKACK);
    thread_ = std::thread([this] { serve(); });
}

VpcdLine::~VpcdLine() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
}

std::optional<SteadyTime> VpcdLine::restingSince() const noexcept {
    const auto since = restingSince_.load();
    if (since == Powered) return std::nullopt;
    return SteadyTime{SteadyTime::duration{since}};
}

void VpcdLine::serve() {
    std::array<std::uint8_t, 65536> room;
    bool answered = true;
    while (answered) {
        const auto got = ::recv(socket_, room.data(), room.size(), 0);
        if (got <= 0) break;
        // vpcd sends length and content apart and with Nagle's delay; without our immediate
        // acknowledgement the second waits 40 ms. The kernel forgets the option after each read.
        setOption(socket_, TCP_QUICKACK);
        inbox_.insert(inbox_.end(), room.begin(), room.begin() + got);
        answered = answerAll();
    }
    hungUp_ = true;
    rest();
}

/// All whole frames of the inbox; false when the reader cannot be answered.
bool VpcdLine::answerAll() {
    std::size_t at = 0;
    while (inbox_.size() - at >= 2) {
        const std::size_t length = static_cast<std::size_t>(inbox_[at]) << 8 | inbox_[at + 1];
        if (inbox_.size() - at - 2 < length) break;
        if (!answer(ByteView{inbox_}.subspan(at + 2, length))) return false;
        at += 2 + length;
    }
    inbox_.erase(inbox_.begin(), inbox_.begin() + static_cast<std::ptrdiff_t>(at));
    return true;
}

void VpcdLine::rest() noexcept {
    chip_->powerOff();
    restingSince_ = std::chrono::steady_clock::now().time_since_epoch().count();
    onRest_();
}

/// False when the reader cannot be answered.
bool VpcdLine::answer(ByteView content) {
    if (content.size() != 1) {
        ++exchanges_;
        return send(chip_->exchange(content));
    }
    switch (content[0]) {
        case Atr: return send(chip_->atr());
        case Off: rest(); return true;
        case On:
        case Reset:
            chip_->powerOn();
            restingSince_ = Powered;
            return true;
        default: return true;
    }
}

bool VpcdLine::send(ByteView content) {
    outbox_.assign({static_cast<std::uint8_t>(content.size() >> 8),
                    static_cast<std::uint8_t>(content.size())});
    outbox_.insert(outbox_.end(), content.begin(), content.end());
    ByteView rest = outbox_;
    while (!rest.empty()) {
        const auto sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        rest = rest.subspan(static_cast<std::size_t>(sent));
    }
    return true;
}

}  // namespace zegel::hwsim
