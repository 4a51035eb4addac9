#include "config/settings.h"
#include "station/app/arguments.h"
#include "station/app/commands/command.h"
#include "station/ledger/ledger.h"

#include <iostream>

namespace zegel::station {

int runAudit(const std::vector<std::string>& words) {
    const Arguments arguments{words, {"settings"}, {"verify"}};
    const auto settings =
        config::readSettings(arguments.required("settings"), config::NamedFiles::NotAsked);
    const SystemClock clock;
    Ledger ledger{settings.station.ledger, clock};
    if (!arguments.has("verify")) {
        std::vector<std::vector<std::string>> rows{{"NO", "AT", "WHO", "ACT", "SUBJECT", "WHY"}};
        for (const auto& entry : ledger.auditTrail()) {
            rows.push_back({std::to_string(entry.sequence), toRfc3339(entry.at), entry.who,
                            entry.act, entry.subject, entry.why});
        }
        std::cout << asTable(rows);
    }
    if (const auto broken = ledger.firstBrokenAudit()) {
        std::cout << "the chain is broken at record " << *broken
                  << ": it was changed, dropped or moved\n";
        return AnswerIsNo;
    }
    std::cout << "the chain is whole\n";
    return 0;
}

}  // namespace zegel::station
