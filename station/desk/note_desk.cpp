#include "station/desk/note_desk.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/told.h"
#include "station/desk/order_paper.h"

namespace zegel::station {
namespace {

constexpr std::size_t AtOnce = 100;

}  // namespace

std::string noteFileName(const OrderId& order, std::string_view kind) {
    if (kind == nameOf(seal::NoteKind::DispatchNote)) return order.value() + ".note";
    const auto word = kind.substr(0, kind.find('-'));  // loan, reminder, rejection
    return order.value() + "+" + std::string{word} + ".note";
}

NoteDesk::NoteDesk(Ledger& ledger, const cardprofiles::Profiles& profiles,
                   const seal::Sealer& sealer, const Clock& clock,
                   std::optional<std::filesystem::path> folder, Tell tell)
    : ledger_(ledger),
      profiles_(profiles),
      sealer_(sealer),
      clock_(clock),
      folder_(std::move(folder)),
      tell_(std::move(tell)) {}

std::vector<NoteText> NoteDesk::noteFor(const OrderEntry& entry, seal::NoteKind kind,
                                        const std::function<void(seal::Note&)>& fill) const {
    if (!folder_) return {};
    const auto& order = entry.order;
    const auto& profile = profileOffered(profiles_, order, "order " + order.id.value());
    seal::Note note;
    sayWhose(note, order, profile);
    note.kind = kind;
    if (entry.number && kind != seal::NoteKind::RejectionNotice)
        note.certificateNumber = entry.number->value();
    note.madeAt = clock_.now();
    fill(note);
    const auto text = seal::encode(note);
    return {{std::string{nameOf(kind)}, {text.begin(), text.end()}}};
}

std::vector<NoteText> NoteDesk::noteIfFit(const OrderEntry& order, seal::NoteKind kind,
                                          const std::function<void(seal::Note&)>& fill) {
    try {
        return noteFor(order, kind, fill);
    } catch (const Failure& failure) {
        if (failure.fault() != Fault::LetterUnusable) throw;
        tellOnce("no " + std::string{nameOf(kind)} + " for order " + order.order.id.value() + ": " +
                 zegel::told(failure));
        return {};
    }
}

void NoteDesk::tellOnce(const std::string& said) {
    const std::lock_guard alone{tellDoor_};
    if (told_.insert(said).second) tell_(said);
}

void NoteDesk::write() {
    if (!folder_) return;
    const std::lock_guard alone{door_};
    try {
        for (auto some = ledger_.dispatches().unwrittenNotes(AtOnce); !some.empty();
             some = ledger_.dispatches().unwrittenNotes(AtOnce)) {
            for (const auto& entry : some) {
                writeDurably(*folder_ / noteFileName(entry.order, entry.note.kind),
                             sealer_.signNote(bytesOf(entry.note.text)));
                ledger_.dispatches().recordWritten(entry.row);
            }
        }
    } catch (const Failure& failure) {
        if (failure.fault() != Fault::TokenUnavailable) throw;
        tellOnce("notes wait for their signature: " + zegel::told(failure));
    }
}

}  // namespace zegel::station
