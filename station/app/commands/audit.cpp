#include "config/settings.h"
#include "drivers/base/durable_file.h"
#include "station/app/audit_judgement.h"
#include "station/app/commands/command.h"
#include "station/app/printed.h"

#include <fstream>
#include <iostream>

namespace zegel::station {
namespace {

/// The trail as text and the last signed head beside it: what an auditor keeps elsewhere.
void exportTrail(Ledger& ledger, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    std::string text;
    for (const auto& entry : ledger.auditTrail()) {
        for (const auto& field : {std::to_string(entry.sequence), toRfc3339(entry.at), entry.who,
                                  entry.act, entry.subject, entry.why}) {
            text += field + '\t';
        }
        text += entry.digest + '\n';
    }
    writeDurably(folder / "audit.tsv", bytesOf(text));
    const auto heads = ledger.auditHeads();
    if (!heads.empty()) writeDurably(folder / "head.p7", heads.back().record);
    std::cout << "wrote " << (folder / "audit.tsv").string()
              << (heads.empty() ? "\n" : " and the last signed head, head.p7\n");
}

}  // namespace

int runAudit(const Arguments& arguments) {
    const auto settings =
        config::readSettings(settingsFile(arguments), config::NamedFiles::NotAsked);
    if (!std::filesystem::exists(settings.station.ledger)) {
        return refuse("there is no ledger " + settings.station.ledger.string() +
                      " yet: no station has run with these settings");
    }
    const SystemClock clock;
    Ledger ledger{settings.station.ledger, clock, Ledger::Schema::AsItIs};
    if (const auto folder = arguments.option("export")) {
        exportTrail(ledger, *folder);
    } else if (!arguments.has("verify")) {
        std::vector<std::vector<std::string>> rows{{"NO", "AT", "WHO", "ACT", "SUBJECT", "WHY"}};
        for (const auto& entry : ledger.auditTrail()) {
            rows.push_back({std::to_string(entry.sequence), toRfc3339(entry.at), entry.who,
                            entry.act, entry.subject, entry.why});
        }
        std::cout << asTable(rows);
    }
    const auto judgement = judgeAudit(ledger, settings.seal.certificate);
    std::cout << judgement.words;
    return judgement.whole ? Done : Refused;
}

}  // namespace zegel::station
