#include "hwsim/program/control.h"

#include "drivers/base/failure.h"

#include <array>
#include <cstring>
#include <optional>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace zegel::hwsim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t LongestRequest = 65536;

class Connection {
public:
    explicit Connection(int descriptor) : descriptor_(descriptor) {}
    ~Connection() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    int descriptor() const noexcept { return descriptor_; }

    void send(const std::string& text) const {
        std::size_t sent = 0;
        while (sent < text.size()) {
            const auto now =
                ::send(descriptor_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
            if (now <= 0) return;
            sent += static_cast<std::size_t>(now);
        }
    }

    /// Until the other side has said all.
    std::string receive(std::size_t most) const {
        std::string text;
        std::array<char, 4096> room;
        while (text.size() < most) {
            const auto got = ::recv(descriptor_, room.data(), room.size(), 0);
            if (got <= 0) break;
            text.append(room.data(), static_cast<std::size_t>(got));
        }
        return text;
    }

private:
    int descriptor_;
};

sockaddr_un addressOf(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.string().size() >= sizeof address.sun_path) {
        throw Failure(Fault::SettingUnusable,
                      path.string() + " is too long for a socket; take a shorter directory");
    }
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return address;
}

int newSocket() {
    return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

bool connects(int socket, const fs::path& path) {
    const sockaddr_un address = addressOf(path);
    return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

Words wordsOf(const std::string& request) {
    Words words;
    std::size_t at = 0;
    auto end = request.find('\0');
    while (end != std::string::npos) {
        words.push_back(request.substr(at, end - at));
        at = end + 1;
        end = request.find('\0', at);
    }
    return words;
}

}  // namespace

ControlSocket::ControlSocket(fs::path path) : path_(std::move(path)), socket_(newSocket()) {
    if (connects(Connection(newSocket()).descriptor(), path_)) {
        ::close(socket_);
        throw Failure(Fault::SettingUnusable, "another bench works in " +
                                                  path_.parent_path().string() +
                                                  "; take another directory or stop that one");
    }
    std::error_code ignored;
    fs::remove(path_, ignored);
    const sockaddr_un address = addressOf(path_);
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(socket_, SOMAXCONN) != 0) {
        ::close(socket_);
        throw Failure(Fault::SettingUnusable, "the socket " + path_.string() + " cannot be made");
    }
}

ControlSocket::~ControlSocket() {
    ::close(socket_);
    std::error_code ignored;
    fs::remove(path_, ignored);
}

void ControlSocket::serveOne(const std::function<std::string(const Words&)>& perform) const {
    const Connection client(::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC));
    if (client.descriptor() < 0) return;
    // A client that says nothing must not hold the readers up.
    const timeval patience{1, 0};
    ::setsockopt(client.descriptor(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    try {
        client.send("ok\n" + perform(wordsOf(client.receive(LongestRequest))));
    } catch (const Failure& failure) {
        client.send("failed\n" + std::string(failure.what()));
    }
}

std::string askBench(const fs::path& path, const Words& words) {
    const Connection bench(newSocket());
    if (!connects(bench.descriptor(), path)) {
        throw Failure(Fault::ReaderUnavailable, "no bench works in " + path.parent_path().string() +
                                                    "; start one with \"zegel-hwsim bench\"");
    }
    std::string request;
    for (const std::string& word : words) {
        request += word + '\0';
    }
    bench.send(request);
    ::shutdown(bench.descriptor(), SHUT_WR);
    const std::string answer = bench.receive(LongestRequest);
    const std::size_t line = answer.find('\n');
    if (line != std::string::npos && answer.starts_with("ok\n")) return answer.substr(line + 1);
    throw Failure(Fault::RequestRefused, line == std::string::npos
                                             ? "the bench ended before it answered"
                                             : answer.substr(line + 1));
}

}  // namespace zegel::hwsim
