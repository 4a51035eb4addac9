#include "drivers/reader/relay/relay_wire.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace zegel::drivers {
namespace {

/// The longest APDU (ISO/IEC 7816-4:2020, 5.2) and what stands in front of it.
constexpr std::size_t LongestMessage = std::size_t{66} * 1024;
constexpr std::size_t MostParts = 4;

using Steady = std::chrono::steady_clock;

}  // namespace

RelaySocket::~RelaySocket() {
    if (number_ >= 0) ::close(number_);
}

std::pair<RelaySocket, RelaySocket> relaySocketPair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) == 0) {
        return {RelaySocket{ends[0]}, RelaySocket{ends[1]}};
    }
    throw Failure{Fault::ReaderUnavailable, std::string{"no socket can be made for a reader: "} +
                                                std::generic_category().message(errno)};
}

bool relaySend(int socket, std::initializer_list<ByteView> parts, int passed) noexcept {
    std::array<iovec, MostParts> pieces{};
    std::size_t count = 0;
    for (const auto part : parts) {
        if (count == MostParts) return false;
        pieces[count++] = {const_cast<std::uint8_t*>(part.data()), part.size()};
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = count;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> beside{};
    if (passed >= 0) {
        message.msg_control = beside.data();
        message.msg_controllen = beside.size();
        auto* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(header), &passed, sizeof passed);
    }
    while (::sendmsg(socket, &message, MSG_NOSIGNAL) < 0) {
        if (errno != EINTR) return false;
    }
    return true;
}

RelayLine::RelayLine(RelaySocket socket) : socket_(std::move(socket)), room_(LongestMessage) {}

RelayLine::~RelayLine() {
    wipe();
}

void RelayLine::wipe() noexcept {
    OPENSSL_cleanse(room_.data(), size_);
    size_ = 0;
}

bool RelayLine::send(std::initializer_list<ByteView> parts) noexcept {
    return relaySend(socket_.number(), parts);
}

RelayLine::Came RelayLine::receive(std::optional<std::chrono::milliseconds> atMost) {
    wipe();
    const auto deadline = Steady::now() + atMost.value_or(std::chrono::milliseconds{0});
    while (true) {
        int left = -1;
        if (atMost) {
            const auto span =
                std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now());
            left = static_cast<int>(std::max<std::int64_t>(0, span.count()));
        }
        pollfd waiting{socket_.number(), POLLIN, 0};
        const int ready = ::poll(&waiting, 1, left);
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) return Came::Late;
        const auto got = ::recv(socket_.number(), room_.data(), room_.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return Came::HungUp;
        size_ = static_cast<std::size_t>(got);
        return Came::Message;
    }
}

bool RelayLine::otherLeft() const noexcept {
    pollfd asked{socket_.number(), POLLRDHUP, 0};
    return ::poll(&asked, 1, 0) == 1 && (asked.revents & (POLLRDHUP | POLLHUP)) != 0;
}

void RelayLine::hangUp() noexcept {
    ::shutdown(socket_.number(), SHUT_RDWR);
}

ByteView RelayLine::message() const noexcept {
    return ByteView{room_}.first(size_);
}

Bytes relayNumber(std::uint32_t number) {
    return {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
            static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

std::uint32_t relayNumberAt(ByteView message, std::size_t offset) {
    if (message.size() < offset + 4) {
        throw Failure{Fault::Defect, "a message between the station and its readers is cut short"};
    }
    std::uint32_t number = 0;
    for (const auto octet : message.subspan(offset, 4))
        number = number << 8 | octet;
    return number;
}

}  // namespace zegel::drivers
