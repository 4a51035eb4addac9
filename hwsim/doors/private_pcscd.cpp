#include "hwsim/doors/private_pcscd.h"

#include "drivers/base/failure.h"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iomanip>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace zegel::hwsim {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// pcscd writes its pid file there, whatever socket it is given.
constexpr const char* RunDirectory = "/run/pcscd";
constexpr auto TimeToEnd = 5s;

void expectFile(const fs::path& file, const std::string& fix) {
    if (fs::exists(file)) return;
    throw Failure(Fault::SettingUnusable, file.string() + " is missing; " + fix);
}

void expectRunDirectory() {
    std::error_code error;
    if (fs::is_directory(RunDirectory, error)) return;
    if (fs::create_directory(RunDirectory, error)) return;
    throw Failure(Fault::SettingUnusable, std::string(RunDirectory) +
                                              " is missing and pcscd needs it; as root: mkdir " +
                                              RunDirectory);
}

/// Free just now; held open together so that all are different.
std::vector<std::uint16_t> freePorts(std::size_t count) {
    std::vector<int> held;
    std::vector<std::uint16_t> ports;
    for (std::size_t at = 0; at < count; ++at) {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        held.push_back(socket);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_ANY);
        socklen_t length = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        if (::bind(socket, generic, length) != 0 || ::getsockname(socket, generic, &length) != 0) {
            break;
        }
        ports.push_back(ntohs(address.sin_port));
    }
    for (const int socket : held) {
        ::close(socket);
    }
    if (ports.size() == count) return ports;
    throw Failure(Fault::SettingUnusable, "no TCP port is free for a virtual reader");
}

/// The environment of the daemon: ours, and the socket handed over as systemd does it. LISTEN_PID
/// can only be written by the child itself.
class DaemonEnvironment {
public:
    DaemonEnvironment() {
        for (char** entry = environ; *entry != nullptr; ++entry) {
            if (std::strncmp(*entry, "LISTEN_", 7) != 0) entries_.push_back(*entry);
        }
        entries_.push_back(count_.data());
        entries_.push_back(pid_.data());
        entries_.push_back(nullptr);
    }

    /// Safe between fork and exec.
    void writePid(pid_t pid) noexcept {
        *std::to_chars(pid_.data() + 11, pid_.data() + pid_.size() - 1, pid).ptr = '\0';
    }

    char* const* entries() noexcept { return entries_.data(); }

private:
    std::array<char, 13> count_{"LISTEN_FDS=1"};
    std::array<char, 32> pid_{"LISTEN_PID="};
    std::vector<char*> entries_{};
};

[[noreturn]] void becomeDaemon(int socket, char* const* command, DaemonEnvironment& environment) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    const int nowhere = ::open("/dev/null", O_RDWR);
    for (const int stream : {0, 1, 2}) {
        ::dup2(nowhere, stream);
    }
    if (socket == 3) {
        ::fcntl(socket, F_SETFD, 0);
    } else {
        ::dup2(socket, 3);
    }
    environment.writePid(::getpid());
    ::execve(command[0], command, environment.entries());
    ::_exit(127);
}

}  // namespace

PrivatePcscd::PrivatePcscd(const fs::path& directory, std::vector<std::string> readerNames,
                           PcscdParts parts)
    : directory_(fs::absolute(directory)),
      names_(std::move(readerNames)),
      parts_(std::move(parts)) {
    expectFile(parts_.pcscd, "install the package pcscd");
    expectFile(parts_.vpcd, "install the package vsmartcard-vpcd");
    expectFile(parts_.oneSlotHandler, "build the target zegel_one_slot_handler");
    expectRunDirectory();
    if (names_.empty() || names_.size() > 16) {
        throw Failure(Fault::SettingUnusable,
                      "pcscd takes 1 to 16 readers, not " + std::to_string(names_.size()));
    }
    if (notices().string().size() >= sizeof(sockaddr_un::sun_path)) {
        throw Failure(Fault::SettingUnusable,
                      directory_.string() + " is too long a path for sockets; take a shorter one");
    }
    fs::create_directories(directory_ / "readers");
    fs::create_directories(directory_ / "reader.conf.d");
}

PrivatePcscd::~PrivatePcscd() {
    stop();
    std::error_code ignored;
    fs::remove(socket(), ignored);
    fs::remove_all(directory_ / "readers", ignored);
    fs::remove_all(directory_ / "reader.conf.d", ignored);
}

void PrivatePcscd::writeReaders() {
    ports_ = freePorts(names_.size());
    std::ofstream out(directory_ / "reader.conf.d" / "readers", std::ios::trunc);
    for (std::size_t at = 0; at < names_.size(); ++at) {
        // One copy for each reader, because vpcd keeps its state in globals.
        const fs::path copy = directory_ / "readers" / (std::to_string(at + 1) + ".so");
        fs::copy_file(parts_.vpcd, copy, fs::copy_options::overwrite_existing);
        out << "FRIENDLYNAME \"" << names_[at] << "\"\nDEVICENAME " << copy.string() << ":0x"
            << std::hex << ports_[at] << "\nLIBPATH " << parts_.oneSlotHandler.string()
            << "\nCHANNELID 0x" << ports_[at] << std::dec << "\n\n";
    }
}

int PrivatePcscd::listen() const {
    std::error_code ignored;
    fs::remove(socket(), ignored);
    const int listening = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket().c_str(), sizeof address.sun_path - 1);
    if (::bind(listening, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listening, SOMAXCONN) != 0) {
        ::close(listening);
        throw Failure(Fault::ReaderUnavailable,
                      "the socket " + socket().string() +
                          " cannot be made: " + std::generic_category().message(errno));
    }
    return listening;
}

void PrivatePcscd::start() {
    if (isRunning()) return;
    writeReaders();
    const int listening = listen();
    const std::string program = parts_.pcscd.string();
    const std::string readers = (directory_ / "reader.conf.d").string();
    std::array<const char*, 5> command{program.c_str(), "-f", "-c", readers.c_str(), nullptr};
    DaemonEnvironment environment;
    process_ = ::fork();
    if (process_ == 0) {
        becomeDaemon(listening, const_cast<char* const*>(command.data()), environment);
    }
    ::close(listening);
    if (process_ < 0) throw Failure(Fault::ReaderUnavailable, "pcscd cannot be started");
}

void PrivatePcscd::wake(std::size_t reader) const noexcept {
    const auto pipe = directory_ / "readers" / (std::to_string(reader + 1) + ".wake");
    const int end = ::open(pipe.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (end < 0) return;  // pcscd is gone; one that starts looks anyway
    [[maybe_unused]] const auto written = ::write(end, "", 1);
    ::close(end);
}

bool PrivatePcscd::isRunning() noexcept {
    if (process_ <= 0) return false;
    if (::waitpid(process_, nullptr, WNOHANG) == 0) return true;
    process_ = -1;
    return false;
}

void PrivatePcscd::stop(bool abruptly) noexcept {
    if (!isRunning()) return;
    ::kill(process_, abruptly ? SIGKILL : SIGTERM);
    const auto deadline = std::chrono::steady_clock::now() + TimeToEnd;
    while (isRunning()) {
        if (std::chrono::steady_clock::now() > deadline) ::kill(process_, SIGKILL);
        std::this_thread::sleep_for(2ms);
    }
}

}  // namespace zegel::hwsim
