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

/// All of it of one moment.
struct SeenAudit {
    std::vector<AuditEntry> trail;
    std::vector<AuditHead> heads;
    AuditJudgement judgement;
};

SeenAudit seenIn(Ledger& ledger, const std::filesystem::path& stationCertificate,
                 const std::vector<KeptHead>& kept) {
    SeenAudit seen;
    ledger.atOneMoment([&] {
        seen = {ledger.auditTrail(), ledger.auditHeads(),
                judgeAudit(ledger, stationCertificate, kept)};
    });
    return seen;
}

/// The trail as text and the last signed head beside it: what an auditor keeps elsewhere.
void exportTrail(const SeenAudit& seen, const std::filesystem::path& folder, std::ostream& out) {
    std::filesystem::create_directories(folder);
    std::string text;
    for (const auto& entry : seen.trail) {
        for (const auto& field : {std::to_string(entry.sequence), toRfc3339(entry.at), entry.who,
                                  entry.act, entry.subject, entry.why}) {
            text += field + '\t';
        }
        text += entry.digest + '\n';
    }
    writeDurably(folder / "audit.tsv", bytesOf(text));
    if (!seen.heads.empty()) writeDurably(folder / "head.p7", seen.heads.back().record);
    out << "wrote " << (folder / "audit.tsv").string()
        << (seen.heads.empty() ? "\n" : " and the last signed head, head.p7\n");
}

void printTrail(const std::vector<AuditEntry>& trail) {
    std::vector<std::vector<std::string>> rows{{"NO", "AT", "WHO", "ACT", "SUBJECT", "WHY"}};
    for (const auto& entry : trail) {
        rows.push_back({std::to_string(entry.sequence), toRfc3339(entry.at), entry.who, entry.act,
                        entry.subject, entry.why});
    }
    std::cout << asTable(rows);
}

/// Records as the API gives them, and what an auditor is told of the chain.
void printForPrograms(const SeenAudit& seen, bool records) {
    const auto& judgement = seen.judgement;
    auto shown = inOrder();
    if (records) shown.set("records", viewsOf(seen.trail));
    shown.set("whole", judgement.whole);
    shown.set("signaturesChecked", judgement.signaturesChecked);
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
    std::vector<KeptHead> kept{keptHead(headBeside(settings.station.ledger))};
    if (const auto head = arguments.option("head")) {
        kept.push_back(keptHead(*head));
        if (!kept.back().record) return refuse("there is no file " + *head);
    }
    const auto seen = seenIn(ledger, settings.seal.certificate, kept);
    const auto folder = arguments.option("export");
    if (folder) exportTrail(seen, *folder, arguments.has("json") ? std::cerr : std::cout);
    const bool verifies = !arguments.words().empty() || arguments.has("verify");
    const bool records = !folder && !verifies;
    if (arguments.has("json")) {
        printForPrograms(seen, records);
    } else {
        if (records) printTrail(seen.trail);
        std::cout << seen.judgement.words;
    }
    if (!seen.judgement.whole) return Refused;
    const bool inDoubt = verifies && !seen.judgement.signaturesChecked;
    return inDoubt ? NotChecked : Done;
}

}  // namespace zegel::station
