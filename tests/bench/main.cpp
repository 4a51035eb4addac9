#include "drivers/base/key_kinds.h"
#include "tests/bench/line_figures.h"
#include "tests/bench/own_folder.h"
#include "tests/bench/pcsc_table.h"
#include "tests/bench/status_quo.h"
#include "tests/bench/workshop.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <optional>
#include <sstream>
#include <unistd.h>

namespace zegel::bench {
namespace {

constexpr const char* Usage =
    "usage: zegel-bench [--cards N] [--without-pcscd] [--unjudged]\n"
    "       zegel-bench --line [--cards N] [--unjudged]\n"
    "       zegel-bench --orders N [--unjudged]\n"
    "       zegel-bench --letters [--unjudged]\n"
    "\n"
    "What one card costs. Every figure is the median of N cards (20 when not said) made after a\n"
    "few to warm up. With --line: what a line of sixteen readers makes, N cards a reader (24 when\n"
    "not said). With --orders: what a station takes for a batch of N orders. With --letters: what "
    "a run of\n"
    "letters costs in the print room, --cards many (1000 when not said). Nothing is left behind.\n"
    "\n"
    "Exit status: 0 every goal was held, 1 a goal was missed or a card failed, 2 used wrongly.\n"
    "With --unjudged a missed goal is told and does not count.\n";

constexpr int WarmUp = 3;
constexpr int CardsByOtherTools = 5;
constexpr int TrivialExchanges = 5000;
constexpr std::chrono::milliseconds OursAtMost{15};
constexpr std::chrono::microseconds TrivialAtMost{150};

struct Wish {
    std::optional<int> cardsAsked{};
    int cards = 20;
    bool pcscd = true;
    bool line = false;
    bool letters = false;
    int orders = 0;  ///< of one batch; 0: no batch is asked for
    bool judges = true;
};

bool readNumber(const char* word, int& number) {
    const auto end = word + std::strlen(word);
    const auto read = std::from_chars(word, end, number);
    return read.ec == std::errc{} && read.ptr == end && number >= 1;
}

std::optional<Wish> wishIn(int count, char** words) {
    Wish wish;
    for (int at = 1; at < count; ++at) {
        const std::string_view word{words[at]};
        if (word == "--without-pcscd") {
            wish.pcscd = false;
        } else if (word == "--unjudged") {
            wish.judges = false;
        } else if (word == "--line") {
            wish.line = true;
        } else if (word == "--letters") {
            wish.letters = true;
        } else if (word == "--cards" && at + 1 < count) {
            if (!readNumber(words[++at], wish.cards)) return std::nullopt;
            wish.cardsAsked = wish.cards;
        } else if (word == "--orders" && at + 1 < count) {
            if (!readNumber(words[++at], wish.orders)) return std::nullopt;
        } else {
            return std::nullopt;
        }
    }
    return wish;
}

std::vector<std::string> row(const std::string& name, const CardFigures& card) {
    return {name,
            shown(card.wall),
            shown(card.exchanging),
            shown(card.powering),
            shown(card.authority),
            shown(card.ours),
            std::to_string(card.exchanges),
            std::to_string(card.octetsToChip),
            std::to_string(card.octetsFromChip)};
}

/// The word beside a goal; counts it when it was missed.
std::string judged(bool held, int& missed) {
    if (!held) ++missed;
    return held ? "held" : "MISSED";
}

std::string percentOf(double part, double whole) {
    return std::to_string(static_cast<int>(100 * part / whole + 0.5)) + " %";
}

class Bench {
public:
    explicit Bench(Wish wish) : wish_(wish) {}

    /// Gives how many goals were missed.
    int run() {
        inProcess();
        if (wish_.pcscd) throughPcscd();
        print();
        return missed_;
    }

private:
    int warmUp() const { return wish_.cards < WarmUp ? 0 : WarmUp; }

    CardFigures withoutWarmUp(std::vector<CardFigures> cards) const {
        cards.erase(cards.begin(), cards.begin() + warmUp());
        return medianOf(cards);
    }

    void inProcess() {
        for (const auto& [profile, name] : Products) {
            const auto card =
                withoutWarmUp(cardsInProcess(workshop_, profile, wish_.cards + warmUp()));
            table_.add(row(name + std::string{", chip in this process"}, card));
            goals_.add({"ours, " + std::string{name} + ", chip in this process", shown(card.ours),
                        "at most " + shown(OursAtMost), judged(card.ours <= OursAtMost, missed_)});
            notes_.add({"processor time in ours, " + std::string{name}, shown(card.work)});
            tellSteps(name, card);
            notes_.add({"own processor time inside waiting for the CA, " + std::string{name},
                        shown(card.ownWork)});
            notes_.add({"the chip's own time, " + std::string{name}, shown(card.chip)});
        }
        notes_.add({"making one RSA-2048 key in the station, ahead of the cards",
                    shown(workshop_.keyMaking())});
    }

    void tellSteps(const std::string& name, const CardFigures& card) {
        std::vector<std::string> cells{name};
        for (const auto& span : card.steps)
            cells.push_back(shown(span));
        steps_.add(std::move(cells));
    }

    void throughPcscd() {
        PcscTable table;
        const auto trivial = trivialExchange(table);
        StatusQuo statusQuo{table};
        for (const auto& [profile, name] : Products) {
            const auto ours = ourCards(table, profile);
            const auto theirs = theirCards(table, statusQuo, profile);
            table_.add(row(std::string{name} + ", through pcscd", ours));
            table_.add({std::string{name} + ", yubico-piv-tool and openssl", shown(theirs.wall), "",
                        "", "", "", std::to_string(theirs.exchanges),
                        std::to_string(theirs.octetsToChip),
                        std::to_string(theirs.octetsFromChip)});
            compare(name, ours, theirs);
        }
        goals_.add({"a vpcd exchange with a trivial answer", shown(trivial),
                    "under " + shown(TrivialAtMost), judged(trivial < TrivialAtMost, missed_)});
    }

    void compare(const std::string& name, const CardFigures& ours, const CardFigures& theirs) {
        goals_.add(
            {"exchanges beside the other tools, " + name,
             percentOf(static_cast<double>(ours.exchanges), static_cast<double>(theirs.exchanges)),
             "at most 50 %", judged(2 * ours.exchanges <= theirs.exchanges, missed_)});
        goals_.add({"wall time without the chip's beside the other tools, " + name,
                    percentOf(static_cast<double>(ours.wallWithoutChip().count()),
                              static_cast<double>(theirs.wallWithoutChip().count())),
                    "at most 20 %",
                    judged(5 * ours.wallWithoutChip() <= theirs.wallWithoutChip(), missed_)});
        notes_.add({"wall time without the chip's through pcscd, " + name,
                    shown(ours.wallWithoutChip()) + " beside " + shown(theirs.wallWithoutChip())});
    }

    std::shared_ptr<hwsim::Chip> countedBlank() {
        return std::make_shared<TimedChip>(hwsim::blankPivChip(ChipModel, ++serial_), tally_);
    }

    CardFigures ourCards(PcscTable& table, const std::string& profile) {
        std::vector<CardFigures> cards;
        for (int at = 0; at < wish_.cards + warmUp(); ++at) {
            table.insert(countedBlank());
            cards.push_back(workshop_.makeCard(table.reader(), profile, tally_));
            table.pull();
        }
        return withoutWarmUp(cards);
    }

    CardFigures theirCards(PcscTable& table, StatusQuo& statusQuo, const std::string& profile) {
        std::vector<CardFigures> cards;
        for (int at = 0; at < std::min(wish_.cards, CardsByOtherTools); ++at) {
            table.insert(countedBlank());
            cards.push_back(
                statusQuo.makeCard(profile == ImportedRsa ? "rsa2048" : "p256", tally_));
            table.pull();
        }
        return medianOf(cards);
    }

    static Span trivialExchange(PcscTable& table) {
        table.insert(std::make_shared<TrivialChip>());
        std::vector<Span> spans;
        {
            const auto session = table.reader().connect();
            const iso7816::CommandApdu command{{0x00, 0xFD, 0x00, 0x00}, {}, 256};
            for (int at = 0; at < TrivialExchanges; ++at) {
                const auto from = std::chrono::steady_clock::now();
                session->transmit(command);
                spans.push_back(std::chrono::steady_clock::now() - from);
            }
        }
        table.pull();
        return medianOf(std::move(spans));
    }

    void print() const {
        std::cout << "One card, PIN, PUK, three keys and certificates, proof included. Medians of "
                  << wish_.cards << " after " << warmUp() << " to warm up; other tools, of "
                  << std::min(wish_.cards, CardsByOtherTools) << ".\n\n"
                  << table_.text() << '\n'
                  << goals_.text() << '\n'
                  << steps_.text() << '\n'
                  << notes_.text() << std::flush;
    }

    static constexpr std::array<std::pair<const char*, const char*>, 2> Products{
        {{ShippedP256, "P-256"}, {ImportedRsa, "RSA-2048 imported"}}};

    Wish wish_;
    Workshop workshop_;
    ChipTally tally_;
    int missed_ = 0;
    std::uint32_t serial_ = 0x00C00000;
    Table table_{{"", "wall", "exchanges", "power", "CA", "ours", "APDUs", "to chip", "from chip"}};
    Table goals_{{"goal", "now", "wanted", ""}};
    Table steps_{{"ours by steps, chip in this process", "look, claim", "admit", "meet", "open",
                  "keys", "certify", "guard", "seal", "prove", "report"}};
    Table notes_{{"besides", ""}};
};

/// How many cards sixteen readers make, with chips that cost nothing and with chips as in the
/// field. Gives how many goals were missed.
int lineBench(int cardsAReader) {
    int missed = 0;
    constexpr int Readers = 16;
    constexpr double PerSecondWanted = 60;
    constexpr double ShareWanted = 0.95;
    const auto fast = lineMakes(cardsAReader * Readers, Readers, "none");
    const auto one = lineMakes(cardsAReader, 1, "typical");
    const auto all = lineMakes(cardsAReader * Readers, Readers, "typical");
    const auto share = all.perSecond() / (Readers * one.perSecond());
    const auto rate = [](double perSecond) {
        std::ostringstream words;
        words << std::fixed << std::setprecision(1) << perSecond << " cards/s";
        return words.str();
    };
    Table table{
        {"the line, P-256 group cards", "cards", "wall", "rate", "host took", "wanted", ""}};
    const auto add = [&](const char* what, const LineFigures& line, const std::string& wanted,
                         const std::string& verdict) {
        table.add({what, std::to_string(line.cards), shown(line.wall), rate(line.perSecond()),
                   percentOf(line.hostTook, 1), wanted, verdict});
    };
    add("16 readers, chips without delay", fast, "at least " + rate(PerSecondWanted),
        judged(fast.perSecond() >= PerSecondWanted, missed));
    add("1 reader, typical chips", one, "", "");
    add("16 readers, typical chips", all, "at least 95 % of 16 times",
        judged(share >= ShareWanted, missed));
    std::cout << table.text()
              << "\nsixteen readers beside sixteen times one: " << percentOf(share, 1) << '\n';
    return missed;
}

int missedGoals(const Wish& wish) {
    return wish.line ? lineBench(wish.cardsAsked.value_or(24)) : Bench{wish}.run();
}

int measured(const Wish& wish) {
    openssl::readOurKindsOfKeysOnly();
    try {
        const auto missed = missedGoals(wish);
        return wish.judges && missed > 0 ? 1 : 0;
    } catch (const std::exception& failure) {
        std::cerr << "zegel-bench: " << failure.what() << '\n';
        return 1;
    }
}

/// The program beside this one that takes memory as the print room's does. Gives no more than an
/// exit status, and that only when it cannot be begun.
int becomeLetterBench(char** words) {
    const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    const auto there = (here / "zegel-letters-bench").string();
    ::execv(there.c_str(), words);
    std::cerr << "zegel-bench: cannot begin " << there << ": " << std::strerror(errno) << '\n';
    return 1;
}

/// The script that posts a batch to a station of its own. As above.
int becomeBatchBench(const Wish& wish) {
    const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    const auto orders = std::to_string(wish.orders);
    ::setenv("ZEGEL_PROGRAMS", here.c_str(),
             1);  // NOLINT(concurrency-mt-unsafe): before any thread
    ::execlp("python3", "python3", "-B", ZEGEL_SOURCE_DIR "/tests/bench/station_batch.py",
             orders.c_str(), wish.judges ? nullptr : "--unjudged", nullptr);
    std::cerr << "zegel-bench: cannot begin python3: " << std::strerror(errno) << '\n';
    return 1;
}

}  // namespace
}  // namespace zegel::bench

int main(int count, char** words) {
    const auto wish = zegel::bench::wishIn(count, words);
    if (!wish) {
        std::cerr << zegel::bench::Usage;
        return 2;
    }
    if (wish->orders > 0) return zegel::bench::becomeBatchBench(*wish);
    if (wish->letters) return zegel::bench::becomeLetterBench(words);
    return zegel::bench::inOwnFolder([&] { return zegel::bench::measured(*wish); });
}
