#include "station/app/told_numbers.h"

#include "drivers/base/durable_file.h"

#include <tuple>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view Ending = ".status.json";
constexpr std::string_view Key = "\"certificateNumber\"";

bool comesBefore(const CountedNumber& one, const CountedNumber& other) {
    return std::tie(one.year, one.sequence) < std::tie(other.year, other.sequence);
}

/// The text behind a key, which ends at `at`.
std::string_view valueAt(std::string_view text, std::size_t at) {
    const auto begin = text.find('"', at);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin + 1, text.find('"', begin + 1) - begin - 1);
}

void look(const fs::path& report, std::string_view prefix, std::optional<ToldNumber>& last) {
    const auto octets = readFile(report);
    const std::string text{octets.begin(), octets.end()};
    for (auto at = text.find(Key); at != std::string::npos; at = text.find(Key, at + 1)) {
        const std::string number{valueAt(text, at + Key.size())};
        const auto counted = countedNumber(number, prefix);
        if (!counted || (last && !comesBefore(last->counted, *counted))) continue;
        last = ToldNumber{*counted, number, report};
    }
}

}  // namespace

std::optional<ToldNumber> lastNumberTold(const fs::path& reports, std::string_view prefix) {
    std::optional<ToldNumber> last;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator{reports, missing}) {
        const auto name = entry.path().filename().string();
        if (name.ends_with(Ending) && entry.is_regular_file()) look(entry.path(), prefix, last);
    }
    return last;
}

}  // namespace zegel::station
