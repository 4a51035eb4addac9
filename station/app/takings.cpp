#include "station/app/takings.h"

#include "drivers/base/counted.h"
#include "drivers/base/told.h"
#include "station/app/status_files.h"
#include "station/ledger/taken_in_words.h"
#include "station/orders/batch_file.h"
#include "station/orders/paper.h"

namespace zegel::station {
namespace {

std::string outcomeOf(Decision::Act act, std::size_t orders = 1) {
    const std::string is = orders == 1 ? " is " : " are ";
    switch (act) {
        case Decision::Act::Hold: return is + "on hold";
        case Decision::Act::Release:
            return orders == 1 ? " waits for a card again" : " wait for a card again";
        case Decision::Act::Cancel: return is + "cancelled";
        case Decision::Act::Reject: return is + "rejected";
    }
    return {};
}

std::string outcomeOf(const ReaderDecision& decision) {
    switch (decision.act) {
        case ReaderDecision::Act::Bind: return " makes cards of batch " + decision.batch->value();
        case ReaderDecision::Act::Free: return " makes cards of any batch";
        case ReaderDecision::Act::Resume: return " works again";
    }
    return {};
}

/// What `zegel backup` lays out before it copies anything.
struct BackupNotice {
    std::string id;
    std::string file;
    std::string by;
    std::string at;
};

BackupNotice readBackupNotice(const std::filesystem::path& path) {
    auto in = openPaper(path);
    BackupNotice notice;
    notice.id = readPaper(in, path.filename().string(), "backup", {"backup", "file", "by", "at"},
                          [&](const StrictObject& fields) {
                              notice.file = fields.text("file", {.longest = 4096});
                              notice.by = fields.text("by", {.longest = 128});
                              notice.at = fields.text("at", {.longest = 32});
                          });
    return notice;
}

}  // namespace

BatchTaken Takings::batch(const File& file, const std::string& client) {
    const std::lock_guard alone{batchDoor_};
    const auto batch = readBatchFile(file.string(), rooms_.profiles);
    const auto acceptance = rooms_.ledger.accept(batch, batch.digest, client);
    const auto entry = rooms_.ledger.batch(batch.id).value();
    const BatchTaken taken{batch.id, acceptance == Ledger::Acceptance::KnownAlready, entry.orders,
                           entry.refused};
    if (taken.knownAlready) {
        rooms_.log.write("batch " + batch.id.value() + " came again and is known");
        return taken;
    }
    rooms_.log.write("batch " + batch.id.value() +
                     " accepted: " + takenInWords(batch, taken.refused));
    rooms_.ordersWait();
    return taken;
}

ReceiptEntry Takings::receipt(const Receipt& receipt, const std::optional<Person>& bearer) {
    const std::lock_guard alone{deskDoor_};
    auto answer = rooms_.desk.take(receipt, bearer);
    rooms_.log.write("receipt " + answer.id + (answer.accepted ? " accepted: " : " refused: ") +
                     answer.outcome + (bearer ? "; brought by " + whoIs(*bearer) : "") +
                     (answer.accepted ? "" : lookUp(Fault::RequestRefused)));
    return answer;
}

std::string Takings::decision(const Decision& decision) {
    if (decision.batch) return batchDecision(decision);
    const auto settlement = decision.act == Decision::Act::Reject ? rooms_.dispatch.reject(decision)
                                                                  : rooms_.ledger.decide(decision);
    const bool before = settlement == Ledger::Settlement::DoneBefore;
    auto outcome = "order " + decision.order.value() + outcomeOf(decision.act);
    if (decision.act == Decision::Act::Reject && rooms_.dispatch.makesNotes())
        outcome +=
            "; its notice, to be printed and sent, lies in the folder of notes once it is "
            "signed: " +
            noteFileName(decision.order, "rejection-notice");
    if (before) {
        const auto now = rooms_.ledger.order(decision.order);
        outcome = "already done; by now order " + decision.order.value() + " is " +
                  std::string{now ? nameOf(now->state) : "unknown"};
    }
    rooms_.log.write("decision " + decision.id + " by " + decision.by + ": " + outcome);
    if (!before) rooms_.ordersWait();
    return outcome;
}

std::string Takings::batchDecision(const Decision& decision) {
    const auto done = rooms_.ledger.decideForBatch(decision);
    const auto& batch = decision.batch->value();
    const bool before = done.settlement == Ledger::Settlement::DoneBefore;
    auto outcome =
        counted(done.orders, "order") + " of batch " + batch + outcomeOf(decision.act, done.orders);
    if (done.beingMade > 0) {
        outcome += decision.act == Decision::Act::Release
                       ? "; so would " + std::to_string(done.beingMade) + " being made"
                       : "; " + std::to_string(done.beingMade) +
                             " being made now: only should a card fail, its order" +
                             outcomeOf(decision.act);
    }
    if (done.kept > 0) {
        outcome += "; " + std::to_string(done.kept) +
                   " on hold for reasons of their own stay so: " + "zegel orders --batch " + batch +
                   " --state on-hold";
    }
    if (before) outcome = "already done; see `zegel batch " + batch + "` for how it is by now";
    rooms_.log.write("decision " + decision.id + " by " + decision.by + ": " + outcome);
    if (!before) rooms_.ordersWait();
    return outcome;
}

std::string Takings::decision(const ReaderDecision& decision) {
    const auto readers = rooms_.readers();
    if (!readers) {
        throw Failure{Fault::RequestRefused,
                      "the station has only just started and does not know its readers yet: ask "
                      "again in a moment"};
    }
    const bool before = rooms_.ledger.decide(decision, *readers) == Ledger::Settlement::DoneBefore;
    auto outcome = "reader " + decision.reader.value() + outcomeOf(decision);
    if (before) outcome = "already done; see `zegel readers` for how it is by now";
    rooms_.log.write("decision " + decision.id + " by " + decision.by + ": " + outcome);
    if (!before) rooms_.ordersWait();
    return outcome;
}

std::string Takings::verdict(const DoubtVerdict& verdict) {
    rooms_.ledger.settleDoubt(verdict);
    auto outcome = verdict.serial
                       ? "certificate " + *verdict.serial + " is to be revoked"
                       : "no certificate was issued under transaction " + verdict.transaction;
    rooms_.log.write("doubt settled by " + verdict.by + ": " + outcome);
    rooms_.revocationsDue();
    return outcome;
}

RevocationTaken Takings::revocation(const RevocationRequest& request, const SecretBytes& code) {
    RevocationTaken taken{rooms_.revocations.judge(request, code), {}};
    if (taken.verdict.kind != CodeVerdict::Kind::Right) {
        rooms_.log.write("revocation " + request.id + " by " + whoIs(request.client) + " refused" +
                         lookUp(Fault::RequestRefused));
        return taken;
    }
    const auto& order = taken.verdict.revocation->order;
    const auto settlement = [&] {
        const std::lock_guard alone{deskDoor_};
        const auto carriedOut = rooms_.revocations.carryOut(*taken.verdict.revocation);
        rooms_.revocationsDue();
        rooms_.letters.withdraw();
        return carriedOut;
    }();
    taken.outcome = "the card of order " + order.value() +
                    (settlement == Ledger::Settlement::Done
                         ? " is revoked; the CA is told, and its CRL will show it"
                         : " was revoked before");
    rooms_.log.write("revocation " + request.id + " by " + whoIs(request.client) + ": " +
                     taken.outcome);
    return taken;
}

std::string Takings::unblocked(const std::string& id, const ChipSerial& card, const Person& by,
                               const std::string& why) {
    const bool before = rooms_.ledger.revocations().recordUnblocked(id, card, by, why) ==
                        Ledger::Settlement::DoneBefore;
    if (before) return "recorded before";
    rooms_.log.write("the PIN of card " + card.value() + " was unblocked, says " + whoIs(by));
    return "recorded that the PIN of card " + card.value() + " was unblocked";
}

Approval Takings::asked(const ApprovalWish& wish) {
    rooms_.ledger.approvals().expire();
    const auto approval = rooms_.ledger.approvals().ask(wish);
    rooms_.log.write(wish.act + " of " + wish.subject + " asked by " + whoIs(wish.asker) +
                     ", approval " + wish.id + " is " + std::string{nameOf(approval.state)});
    return approval;
}

Approval Takings::answered(const ApprovalAnswer& answer) {
    rooms_.ledger.approvals().expire();
    const std::lock_guard alone{deskDoor_};
    auto approval = rooms_.ledger.approvals().answer(answer);
    rooms_.log.write(approval.act + " of " + approval.subject + ": approval " + approval.id +
                     " is " + std::string{nameOf(approval.state)} + " by " + whoIs(answer.second));
    if (approval.state == ApprovalState::Granted) {
        rooms_.revocationsDue();
        rooms_.letters.withdraw();
    }
    rooms_.letters.layOut();  // printed again, or not re-issued after all
    return approval;
}

void Takings::receiptFile(const File& file) {
    writeReceiptAnswer(receipt(readReceiptFile(file.string())), rooms_.reports);
}

void Takings::decisionFile(const File& file) {
    const auto given = readDecisionFile(file.string());
    writeAnswer("decision", given.id, decision(given), rooms_.reports / "decisions");
}

void Takings::readerDecisionFile(const File& file) {
    const auto given = readReaderDecisionFile(file.string());
    writeAnswer("decision", given.id, decision(given), rooms_.reports / "readers");
}

void Takings::verdictFile(const File& file) {
    const auto given = readDoubtVerdictFile(file.string());
    writeAnswer("verdict", given.id, verdict(given), rooms_.reports / "doubts");
}

void Takings::backupFile(const File& file) {
    const auto given = readBackupNotice(file);
    rooms_.ledger.audit(given.by, "ledger copied", given.file, "a backup, begun at " + given.at);
    const auto outcome = "recorded that " + given.by + " copies the ledger to " + given.file;
    rooms_.log.write("backup " + given.id + ": " + outcome);
    writeAnswer("backup", given.id, outcome, rooms_.reports / "backups");
}

}  // namespace zegel::station
