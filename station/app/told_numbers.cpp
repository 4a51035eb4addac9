#include "station/app/told_numbers.h"

#include "drivers/base/failure.h"

#include <fstream>
#include <sstream>
#include <tuple>
#include <utility>

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

/// One that is gone by now was taken in by the order system, and says nothing any more.
void look(const fs::path& report, std::string_view prefix, std::optional<ToldNumber>& last) {
    std::ifstream in{report, std::ios::binary};
    std::error_code unseen;
    if (!in && !fs::exists(report, unseen)) return;
    std::ostringstream octets;
    if (!in || !(octets << in.rdbuf())) {
        throw Failure{
            Fault::RequestRefused,
            "cannot read " + report.string() +
                ", which may tell of cards that the backup does not know: let it be "
                "read, or move it away when it is of no station here. Nothing was restored"};
    }
    const auto text = std::move(octets).str();
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
    auto entry = fs::directory_iterator{reports, missing};
    for (; !missing && entry != fs::directory_iterator{}; entry.increment(missing)) {
        if (entry->path().filename().string().ends_with(Ending)) look(entry->path(), prefix, last);
    }
    return last;
}

}  // namespace zegel::station
