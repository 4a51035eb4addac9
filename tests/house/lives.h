#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace zegel::tests {

/// How a life in a process of its own ended.
enum class End { Well, Badly, Killed };

/// A fork of this process, which has one thread only. Ends Well when what it lives for returned and
/// no expectation failed in it. Dies with this process.
class Life {
public:
    explicit Life(const std::function<void()>& life);
    ~Life();
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;

    End await();
    /// Nothing while it goes on.
    std::optional<End> ended();
    /// By SIGKILL; what it had started is not told.
    void kill();

private:
    std::optional<End> look(int options);

    pid_t process_ = -1;
    std::optional<End> end_;
};

/// A life, from its beginning to its end.
End livedThrough(const std::function<void()>& life);

/// A program beside the test, that tells its address in its first line. Dies with this process.
class Servant {
public:
    /// `command` gets a `--port` that the kernel gives to nobody, so that it is free again after a
    /// kill. Errors: std::runtime_error when no address is told.
    explicit Servant(std::vector<std::string> command);
    ~Servant();
    Servant(const Servant&) = delete;
    Servant& operator=(const Servant&) = delete;

    /// "http://127.0.0.1:41693"; the same after `restart`.
    const std::string& url() const noexcept { return url_; }
    /// By SIGKILL.
    void kill();
    /// At the address that it had.
    void restart();

private:
    void start();

    std::vector<std::string> command_;
    std::string url_;
    pid_t process_ = -1;
};

}  // namespace zegel::tests
