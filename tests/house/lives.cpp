#include "tests/house/lives.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <random>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace zegel::tests {
namespace {

/// In a fork: it ends when `parent` does, also when that was meanwhile.
void dieWith(pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
}

/// In the fork, to its end.
[[noreturn]] void livesOn(const std::function<void()>& life) {
    try {
        life();
    } catch (const std::exception& failure) {
        ADD_FAILURE() << "the station died of: " << failure.what();
    }
    std::fflush(nullptr);
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
}

/// Below those that outgoing connections get, or above: one of these could take it while the
/// servant is away, or meet itself there.
int portOfNobody() {
    int lowest = 32768;
    int highest = 60999;
    std::ifstream{"/proc/sys/net/ipv4/ip_local_port_range"} >> lowest >> highest;
    constexpr int First = 10240;
    constexpr int Last = 65535;
    constexpr int Enough = 1000;
    static std::random_device dice;
    const auto between = [](int first, int last) {
        return std::uniform_int_distribution<int>{first, last}(dice);
    };
    if (lowest - First >= Enough) return between(First, lowest - 1);
    if (Last - highest >= Enough) return between(highest + 1, Last);
    return between(First, Last);
}

std::string firstLineFrom(int pipe) {
    std::string line;
    for (char c = 0; ::read(pipe, &c, 1) == 1 && c != '\n';)
        line += c;
    return line;
}

}  // namespace

Life::Life(const std::function<void()>& life) {
    std::fflush(nullptr);
    const auto parent = ::getpid();
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error{"no process can be started"};
    if (process_ != 0) return;
    dieWith(parent);
    livesOn(life);
}

Life::~Life() {
    kill();
}

std::optional<End> Life::look(int options) {
    int status = 0;
    pid_t seen = -1;
    while (!end_ && (seen = ::waitpid(process_, &status, options)) < 0) {
    }
    if (end_ || seen == 0) return end_;
    const bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    const bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    end_ = killed ? End::Killed : well ? End::Well : End::Badly;
    return end_;
}

std::optional<End> Life::ended() {
    return look(WNOHANG);
}

End Life::await() {
    return look(0).value();
}

void Life::kill() {
    if (ended()) return;
    ::kill(process_, SIGKILL);
    await();
}

End livedThrough(const std::function<void()>& life) {
    return Life{life}.await();
}

Servant::Servant(std::vector<std::string> command) : command_(std::move(command)) {
    command_.insert(command_.end(), {"--port", ""});
    for (int tries = 0; url_.empty(); ++tries) {
        command_.back() = std::to_string(portOfNobody());
        try {
            start();
        } catch (const std::runtime_error&) {
            if (tries == 20) throw;  // that port was another's
        }
    }
}

Servant::~Servant() {
    kill();
}

void Servant::start() {
    std::vector<char*> words;
    for (auto& word : command_)
        words.push_back(word.data());
    words.push_back(nullptr);
    int pipe[2];
    if (::pipe2(pipe, O_CLOEXEC) != 0) throw std::runtime_error{"no pipe can be made"};
    const auto parent = ::getpid();
    process_ = ::fork();
    if (process_ == 0) {
        dieWith(parent);
        ::dup2(pipe[1], STDOUT_FILENO);
        ::execv(words[0], words.data());
        ::_exit(127);
    }
    ::close(pipe[1]);
    const auto line = firstLineFrom(pipe[0]);
    ::close(pipe[0]);
    const auto url = line.find("http://");
    if (url == std::string::npos) {
        kill();
        throw std::runtime_error{command_.at(0) + " says: " + line};
    }
    url_ = line.substr(url);
}

void Servant::kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    while (::waitpid(process_, nullptr, 0) < 0) {
    }
    process_ = -1;
}

void Servant::restart() {
    for (int tries = 0;; ++tries) {
        try {
            return start();
        } catch (const std::runtime_error&) {
            if (tries == 100) throw;
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
        }
    }
}

}  // namespace zegel::tests
