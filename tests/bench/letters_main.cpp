// What letters cost, in a program of its own: it takes memory and wipes it as zegel-pinmailer does
// (pinmailer/press/program/wiping_free.cpp), not as the station. Begun by zegel-bench --letters.

#include "drivers/base/key_kinds.h"
#include "tests/bench/letter_figures.h"
#include "tests/bench/own_folder.h"

#include <charconv>
#include <cstring>
#include <iostream>
#include <optional>
#include <string_view>

namespace zegel::bench {
namespace {

struct Wish {
    std::size_t letters = 1000;
    bool judges = true;
};

std::optional<Wish> wishIn(int count, char** words) {
    Wish wish;
    for (int at = 1; at < count; ++at) {
        const std::string_view word{words[at]};
        if (word == "--unjudged") {
            wish.judges = false;
        } else if (word == "--cards" && at + 1 < count) {
            const std::string_view number{words[++at]};
            const auto* const end = number.data() + number.size();
            const auto read = std::from_chars(number.data(), end, wish.letters);
            if (read.ec != std::errc{} || read.ptr != end || wish.letters == 0) return std::nullopt;
        } else if (word != "--letters") {
            return std::nullopt;
        }
    }
    return wish;
}

int measured(const Wish& wish) {
    openssl::readOurKindsOfKeysOnly();
    try {
        const auto missed = letterBench(wish.letters);
        return wish.judges && missed > 0 ? 1 : 0;
    } catch (const std::exception& failure) {
        std::cerr << "zegel-bench: " << failure.what() << '\n';
        return 1;
    }
}

}  // namespace
}  // namespace zegel::bench

int main(int count, char** words) {
    const auto wish = zegel::bench::wishIn(count, words);
    if (!wish) {
        std::cerr << "usage: zegel-bench --letters [--cards N] [--unjudged]\n";
        return 2;
    }
    return zegel::bench::inOwnFolder([&] { return zegel::bench::measured(*wish); });
}
