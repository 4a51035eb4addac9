#include "config/settings.h"
#include "drivers/base/durable_file.h"
#include "station/api/views.h"
#include "station/app/audit_judgement.h"
#include "station/app/commands/seen_station.h"
#include "station/app/printed.h"

#include <fstream>
#include <iostream>

namespace zegel::station {
namespace {

/// The trail as text and the last signed head beside it: what an auditor keeps elsewhere.
void exportTrail(Ledger& ledger, const std::filesystem::path& folder, std::ostream& out) {
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
    out << "wrote " << (folder / "audit.tsv").string()
        << (heads.empty() ? "\n" : " and the last signed head, head.p7\n");
}

void printTrail(Ledger& ledger) {
    std::vector<std::vector<std::string>> rows{{"NO", "AT", "WHO", "ACT", "SUBJECT", "WHY"}};
    for (const auto& entry : ledger.auditTrail()) {
        rows.push_back({std::to_string(entry.sequence), toRfc3339(entry.at), entry.who, entry.act,
                        entry.subject, entry.why});
    }
    std::cout << asTable(rows);
}

/// Records as the API gives them, and what an auditor is told of the chain.
void printForPrograms(Ledger& ledger, const AuditJudgement& judgement, bool records) {
    auto shown = inOrder();
    if (records) shown.set("records", viewsOf(ledger.auditTrail()));
    shown.set("whole", judgement.whole);
    shown.set("said", judgement.words.substr(0, judgement.words.find_last_not_of('\n') + 1));
    printJson(shown);
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
    const auto judgement = judgeAudit(ledger, settings.seal.certificate);
    const auto folder = arguments.option("export");
    if (folder) exportTrail(ledger, *folder, arguments.has("json") ? std::cerr : std::cout);
    const bool records = !folder && !arguments.has("verify");
    if (arguments.has("json")) {
        printForPrograms(ledger, judgement, records);
    } else {
        if (records) printTrail(ledger);
        std::cout << judgement.words;
    }
    return judgement.whole ? Done : Refused;
}

}  // namespace zegel::station
