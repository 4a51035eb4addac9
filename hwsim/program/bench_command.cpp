#include "hwsim/program/bench_command.h"

#include "drivers/base/failure.h"
#include "hwsim/command/options.h"
#include "hwsim/doors/pcscd_bench.h"
#include "hwsim/program/bench_words.h"
#include "hwsim/program/control.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace zegel::hwsim {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view BenchUsage =
    "usage: zegel-hwsim bench --directory D [--name READER]... [--readers N]\n"
    "                         [--load READER:COUNT:MODEL]... [--rest MILLISECONDS]\n"
    "                         [--timing none|typical]\n"
    "\n"
    "Starts a pcscd of its own with virtual readers and keeps it until SIGTERM or\n"
    "\"zegel-hwsim stop\". D/environment tells clients where it is. Cards made in it\n"
    "stay in D/chips.\n"
    "\n"
    "  --load READER:COUNT:MODEL  blanks in the reader's hopper; the first goes in at once\n"
    "  --rest MILLISECONDS        a card that was changed and has rested so long goes onto the\n"
    "                             stack by itself, and the hopper's next one in; 600 when not\n"
    "                             said. A reader with an empty hopper keeps its card.\n"
    "  --timing typical           chips take as long as those in the field do\n";

[[noreturn]] void refuse(const std::string& why) {
    throw Failure(Fault::RequestRefused, why);
}

/// Ends of the process come as something to read, so that the bench is cleared away in order.
class EndSignals {
public:
    EndSignals() {
        sigset_t ends;
        sigemptyset(&ends);
        for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
            sigaddset(&ends, signal);
        }
        ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
        descriptor_ = ::signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
    }
    ~EndSignals() { ::close(descriptor_); }
    EndSignals(const EndSignals&) = delete;
    EndSignals& operator=(const EndSignals&) = delete;

    int descriptor() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

std::vector<std::string> readerNames(const Options& options) {
    std::vector<std::string> names = options.values("--name");
    const auto count = options.number("--readers", 1, 16);
    if (count && static_cast<std::size_t>(*count) < names.size()) {
        refuse("there are more --name than --readers");
    }
    while (names.empty() || (count && names.size() < static_cast<std::size_t>(*count))) {
        names.emplace_back("Zegel Virtual Card Reader");
    }
    return names;
}

PcscdBenchSettings settingsFrom(const Options& options) {
    const auto directory = options.value("--directory");
    if (!directory) refuse("--directory is missing");
    PcscdBenchSettings settings{
        .directory = fs::absolute(*directory), .readers = readerNames(options), .parts = {}};
    settings.parts.oneSlotHandler =
        fs::read_symlink("/proc/self/exe").parent_path() / "zegel_one_slot_handler.so";
    if (const auto file = options.value("--pcscd-program")) settings.parts.pcscd = *file;
    if (const auto file = options.value("--vpcd")) settings.parts.vpcd = *file;
    if (const auto rest = options.number("--rest", 0, 600'000)) {
        settings.rest = std::chrono::milliseconds(*rest);
    }
    settings.timing = ChipTiming::named(options.value("--timing").value_or("none"));
    return settings;
}

void loadAsAsked(PcscdBench& bench, const Options& options) {
    for (const std::string& load : options.values("--load")) {
        const std::size_t model = load.rfind(':');
        const std::size_t count = model == std::string::npos ? model : load.rfind(':', model - 1);
        if (count == std::string::npos) refuse("--load wants READER:COUNT:MODEL");
        bench.load(load.substr(0, count),
                   static_cast<int>(wholeNumber(load.substr(count + 1, model - count - 1), 1, 1000,
                                                "the count of --load")),
                   load.substr(model + 1));
    }
}

/// One word of a shell, whatever is in it.
std::string quotedWord(std::string_view text) {
    std::string word = "'";
    for (const char letter : text) {
        if (letter == '\'') word += "'\\'";
        word += letter;
    }
    return word + '\'';
}

/// The file is read by a shell, the output by a program.
void writeEnvironment(const fs::path& directory, const PcscdBench& bench) {
    const std::string socket = bench.pcscSocket().string();
    const fs::path fresh = directory / "environment.new";
    std::ofstream(fresh) << "PCSCLITE_CSOCK_NAME=" << quotedWord(socket)
                         << "\nZEGEL_BENCH=" << quotedWord(directory.string()) << '\n';
    fs::rename(fresh, directory / "environment");
    std::cout << "PCSCLITE_CSOCK_NAME=" << socket << "\nZEGEL_BENCH=" << directory.string()
              << std::endl;
}

std::string performLoad(PcscdBench& bench, const Words& words) {
    std::optional<std::uint32_t> serial;
    if (words.size() > 4) {
        serial = static_cast<std::uint32_t>(wholeNumber(words[4], 1, 4294967295L, "the serial"));
    }
    bench.load(words[1], static_cast<int>(wholeNumber(words[2], 1, 1000, "the count")), words[3],
               serial);
    return "";
}

std::string performService(PcscdBench& bench, const std::string& what) {
    if (what == "stop" || what == "kill") {
        bench.stopService(what == "kill");
    } else if (what == "start") {
        bench.startService();
    }
    return what == "pid" ? std::to_string(bench.pcscdProcess()) + '\n' : "";
}

std::string perform(PcscdBench& bench, bool& stop, const Words& words) {
    expectBenchWords(words);
    const std::string& what = words[0];
    if (what == "load") return performLoad(bench, words);
    if (what == "list") return bench.list();
    if (what == "service") return performService(bench, words[1]);
    if (what == "stop") {
        stop = true;
    } else if (what == "insert") {
        bench.insert(words[1], words[2]);
    } else if (what == "pull") {
        bench.pull(words[1]);
    } else if (what == "eject") {
        bench.eject(words[1]);
    } else if (what == "mute") {
        bench.setMute(words[1], words[2] == "on");
    }
    return "";
}

int millisecondsUntil(const std::optional<PcscdBench::SteadyTime>& due) {
    if (!due) return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*due - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

void serve(PcscdBench& bench, const ControlSocket& control, const EndSignals& ends) {
    for (bool stop = false; !stop;) {
        std::array<pollfd, 4> waiting{{{ends.descriptor(), POLLIN, 0},
                                       {control.descriptor(), POLLIN, 0},
                                       {bench.notices(), POLLIN, 0},
                                       {bench.rested(), POLLIN, 0}}};
        ::poll(waiting.data(), waiting.size(), millisecondsUntil(bench.due()));
        bench.attend();
        if (waiting[0].revents != 0) return;
        if (waiting[1].revents == 0) continue;
        control.serveOne([&](const Words& words) { return perform(bench, stop, words); });
    }
}

fs::path benchDirectory(const Options& options) {
    if (const auto directory = options.value("--directory")) return fs::absolute(*directory);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in this program changes the environment
    if (const char* directory = std::getenv("ZEGEL_BENCH")) return fs::absolute(directory);
    refuse("which bench? Give --directory D or set ZEGEL_BENCH");
}

}  // namespace

int runBench(Arguments arguments) {
    const Options options(arguments,
                          {"--directory", "--name", "--readers", "--load", "--rest", "--timing",
                           "--pcscd-program", "--vpcd"},
                          {"--pcscd", "--help"});
    if (options.has("--help")) {
        std::cout << BenchUsage;
        return 0;
    }
    if (!options.words().empty()) refuse("bench does not know \"" + options.words()[0] + "\"");
    const PcscdBenchSettings settings = settingsFrom(options);
    const EndSignals ends;
    fs::create_directories(settings.directory);
    const ControlSocket control(settings.directory / "control");
    PcscdBench bench(settings);
    loadAsAsked(bench, options);
    writeEnvironment(settings.directory, bench);
    serve(bench, control, ends);
    std::error_code ignored;
    fs::remove(settings.directory / "environment", ignored);
    return 0;
}

int tellBench(const std::string& word, Arguments arguments) {
    const Options options(arguments, {"--directory"});
    Words words{word};
    words.insert(words.end(), options.words().begin(), options.words().end());
    expectBenchWords(words);
    // The bench has a working directory of its own.
    if (word == "insert" && fs::exists(words[2])) {
        words[2] = fs::absolute(words[2]).string();
    }
    const auto control = benchDirectory(options) / "control";
    try {
        std::cout << askBench(control, words);
        return 0;
    } catch (const Failure& failure) {
        std::cerr << "zegel-hwsim: " << failure.what() << '\n';
        return 1;
    }
}

}  // namespace zegel::hwsim
