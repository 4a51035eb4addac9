#include "tests/bench/own_folder.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace zegel::bench {
namespace {

namespace fs = std::filesystem;

sigset_t endsOfEither() {
    sigset_t ends;
    sigemptyset(&ends);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) {
        sigaddset(&ends, signal);
    }
    return ends;
}

[[noreturn]] void become(const std::function<int()>& work, const sigset_t& before, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);  // it ended before the tie was made
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    const int status = work();
    std::cout.flush();
    ::_exit(status);
}

int exitStatusOf(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// The exit status, once the worker has ended. Whoever ends this process means the worker.
int awaitWorker(pid_t worker, const sigset_t& ends) {
    int status = 0;
    while (::waitpid(worker, &status, WNOHANG) == 0) {
        int signal = 0;
        sigwait(&ends, &signal);
        if (signal == SIGCHLD) continue;
        ::kill(worker, SIGKILL);
        ::waitpid(worker, &status, 0);
        return 128 + signal;
    }
    return exitStatusOf(status);
}

}  // namespace

int inOwnFolder(const std::function<int()>& work) {
    auto folder = (fs::temp_directory_path() / "zegel-bench-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) return work();
    ::setenv("TMPDIR", folder.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): before any thread
    const sigset_t ends = endsOfEither();
    sigset_t before;
    pthread_sigmask(SIG_BLOCK, &ends, &before);
    const pid_t self = ::getpid();
    const pid_t worker = ::fork();
    if (worker == 0) become(work, before, self);
    const int status = awaitWorker(worker, ends);
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    return status;
}

}  // namespace zegel::bench
