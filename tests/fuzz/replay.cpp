// Stands in for libFuzzer where the compiler has none: feeds LLVMFuzzerTestOneInput every seed and
// a fixed number of spoiled seeds, the same ones every time. What it must not do is crash; what it
// finds is found again by running it again.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;
constexpr int SpoiledInputs = 20000;

std::vector<Input> readSeeds(const std::filesystem::path& folder) {
    std::vector<Input> seeds;
    for (const auto& file : std::filesystem::recursive_directory_iterator{folder}) {
        if (!file.is_regular_file()) continue;
        std::ifstream stream{file.path(), std::ios::binary};
        seeds.emplace_back(std::istreambuf_iterator<char>{stream},
                           std::istreambuf_iterator<char>{});
    }
    return seeds;
}

/// One to four small accidents: a bit turned, an octet replaced, cut short, a stretch repeated.
Input spoiled(Input input, std::mt19937& dice) {
    const auto below = [&dice](std::size_t bound) {
        return static_cast<std::size_t>(dice() % bound);
    };
    for (auto accidents = below(4) + 1; accidents > 0 && !input.empty(); --accidents) {
        const auto at = below(input.size());
        switch (below(4)) {
            case 0: input[at] = static_cast<std::uint8_t>(input[at] ^ (1U << below(8))); break;
            case 1: input[at] = static_cast<std::uint8_t>(below(256)); break;
            case 2: input.resize(at); break;
            default: {
                const Input stretch(input.begin() + static_cast<std::ptrdiff_t>(at), input.end());
                input.insert(input.end(), stretch.begin(), stretch.end());
            }
        }
    }
    return input;
}

}  // namespace

int main(int count, char** words) {
    if (count != 2) {
        std::cerr << "usage: " << words[0] << " FOLDER-OF-SEEDS\n";
        return 2;
    }
    auto seeds = readSeeds(words[1]);
    if (seeds.empty()) {
        std::cerr << words[1] << " holds no seed\n";
        return 2;
    }
    for (const auto& seed : seeds)
        LLVMFuzzerTestOneInput(seed.data(), seed.size());
    std::mt19937 dice{20260101};  // NOLINT(cert-msc51-cpp): the same inputs on every run
    for (int round = 0; round < SpoiledInputs; ++round) {
        const auto input = spoiled(seeds[dice() % seeds.size()], dice);
        LLVMFuzzerTestOneInput(input.data(), input.size());
    }
    std::cout << seeds.size() << " seeds, " << SpoiledInputs << " spoiled inputs\n";
    return 0;
}
