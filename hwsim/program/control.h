#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace zegel::hwsim {

using Words = std::vector<std::string>;

/// The bench's side of its control socket: words in, text out. One request a connection: the
/// words, each ended by a zero octet, then the end of writing; back come "ok" or "failed" on a
/// line and the text.
class ControlSocket {
public:
    /// Errors: SettingUnusable when another bench serves there, or the socket cannot be made.
    explicit ControlSocket(std::filesystem::path path);
    ~ControlSocket();
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;

    int descriptor() const noexcept { return socket_; }
    /// Takes one request and answers it; a Failure that `perform` throws is an answer too.
    void serveOne(const std::function<std::string(const Words&)>& perform) const;

private:
    std::filesystem::path path_;
    int socket_;
};

/// The client's side. Errors: RequestRefused with the bench's words; ReaderUnavailable when no
/// bench serves there.
std::string askBench(const std::filesystem::path& path, const Words& words);

}  // namespace zegel::hwsim
