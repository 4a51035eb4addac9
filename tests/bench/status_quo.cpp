#include "tests/bench/status_quo.h"

#include <cstdlib>
#include <fstream>
#include <iostream>

namespace zegel::bench {

StatusQuo::StatusQuo(PcscTable& table) : table_(table), folder_(table.folder() / "status-quo") {
    std::filesystem::create_directories(folder_);
    run("prepare");
}

void StatusQuo::run(const std::string& words) {
    const auto log = folder_ / "log";
    const auto command = std::string{"bash "} + ZEGEL_STATUS_QUO + " '" + folder_.string() + "' '" +
                         table_.reader().name().value() + "' " + words + " >'" + log.string() +
                         "' 2>&1 </dev/null";
    if (std::system(command.c_str()) == 0) return;
    std::cerr << std::ifstream{log}.rdbuf();
    throw Failure{Fault::Defect,
                  "status_quo.sh " + words + " did not end well; its words are above"};
}

CardFigures StatusQuo::makeCard(const std::string& algorithm, ChipTally& tally) {
    tally.clear();
    CardFigures card;
    const auto from = std::chrono::steady_clock::now();
    run("card " + algorithm);
    card.wall = std::chrono::steady_clock::now() - from;
    card.chip = Span{tally.nanoseconds};
    card.exchanges = tally.exchanges;
    card.octetsToChip = tally.octetsToChip;
    card.octetsFromChip = tally.octetsFromChip;
    return card;
}

}  // namespace zegel::bench
