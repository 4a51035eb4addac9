#include "drivers/reader/relay/reader_host.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

namespace zegel::drivers {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view ServiceName = "PCSCLITE_CSOCK_NAME=";
constexpr auto TimeToEnd = ReaderTimeToEnd + 3s;

std::vector<std::string> environmentFor(const std::optional<std::string>& service) {
    std::vector<std::string> entries;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        if (!service || !std::string_view{*entry}.starts_with(ServiceName)) {
            entries.emplace_back(*entry);
        }
    }
    if (service) entries.push_back(std::string{ServiceName} + *service);
    return entries;
}

std::vector<char*> pointersTo(std::vector<std::string>& entries) {
    std::vector<char*> pointers;
    pointers.reserve(entries.size() + 1);
    for (auto& entry : entries)
        pointers.push_back(entry.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// Its control socket becomes descriptor 3, and no signal of ours is blocked in it.
class SpawnRules {
public:
    explicit SpawnRules(int control) {
        posix_spawn_file_actions_init(&actions);
        // Onto itself is allowed, and clears close-on-exec (POSIX.1-2024, glibc 2.29).
        posix_spawn_file_actions_adddup2(&actions, control, ReaderControl);
        // Not every socket and file of the station closes itself on exec.
        posix_spawn_file_actions_addclosefrom_np(&actions, ReaderControl + 1);
        posix_spawnattr_init(&attributes);
        sigset_t none;
        sigemptyset(&none);
        posix_spawnattr_setsigmask(&attributes, &none);
        // A group of its own: what the terminal says to the station is not for it.
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    }
    ~SpawnRules() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
    SpawnRules(const SpawnRules&) = delete;
    SpawnRules& operator=(const SpawnRules&) = delete;

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

}  // namespace

ReaderProcess::ReaderProcess(const std::filesystem::path& program,
                             const std::optional<std::string>& service) {
    auto [ours, theirs] = relaySocketPair();
    auto environment = environmentFor(service);
    std::vector<std::string> command{program.string(), RelayWire};
    const SpawnRules rules{theirs.number()};
    const int error = ::posix_spawn(&process_, program.c_str(), &rules.actions, &rules.attributes,
                                    pointersTo(command).data(), pointersTo(environment).data());
    if (error != 0) {
        throw Failure{Fault::ReaderUnavailable, "cannot start " + program.string() + ": " +
                                                    std::generic_category().message(error) +
                                                    "; install Zegel whole"};
    }
    control_ = std::move(ours);
}

void ReaderProcess::end() noexcept {
    ::kill(process_, SIGKILL);
}

ReaderProcess::~ReaderProcess() {
    control_ = RelaySocket{};
    const auto deadline = std::chrono::steady_clock::now() + TimeToEnd;
    while (::waitpid(process_, nullptr, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > deadline) ::kill(process_, SIGKILL);
        std::this_thread::sleep_for(2ms);
    }
}

}  // namespace zegel::drivers
