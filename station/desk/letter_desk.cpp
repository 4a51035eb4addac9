#include "station/desk/letter_desk.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/told.h"
#include "pinmailer/seal/letter.h"
#include "station/desk/order_paper.h"
#include "station/orders/certificate_number.h"

#include <algorithm>

namespace zegel::station {
namespace {

constexpr std::string_view LetterSuffix = ".letter";
constexpr std::string_view HalfDoneSuffix = ".letter-half-done";
constexpr std::string_view WithdrawnSuffix = ".letter-withdrawn";
constexpr std::size_t ShownNumberEnd = 5;  // four digits and the hyphen before the check digits
constexpr std::size_t AtOnce = 500;

std::filesystem::path fileOf(const std::filesystem::path& folder, const LetterId& letter,
                             std::string_view suffix) {
    return folder / (letter.value() + std::string{suffix});
}

std::string endOf(const CertificateNumber& number) {
    const auto& digits = number.value();
    return digits.substr(digits.size() - std::min(ShownNumberEnd, digits.size()));
}

}  // namespace

LetterDesk::LetterDesk(Ledger& ledger, const cardprofiles::Profiles& profiles,
                       const seal::Sealer& sealer, const Clock& clock,
                       std::optional<std::filesystem::path> folder, Tell tell)
    : ledger_(ledger),
      profiles_(profiles),
      sealer_(sealer),
      clock_(clock),
      folder_(std::move(folder)),
      tell_(std::move(tell)) {}

LetterDesk::Shown LetterDesk::shown(LetterEntry letter) const {
    Shown shown{std::move(letter), {}, {}};
    const auto profile = profiles_.find(shown.letter.profile);
    if (profile == profiles_.end()) return shown;
    shown.templateName = profile->second.letter;
    shown.carrier = cardprofiles::nameOf(profile->second.carrier);
    return shown;
}

std::optional<LetterDesk::Shown> LetterDesk::letter(const LetterId& letter) const {
    auto entry = ledger_.letters().letter(letter);
    if (!entry) return std::nullopt;
    return shown(*std::move(entry));
}

std::vector<LetterDesk::Shown> LetterDesk::letters(const std::optional<LetterState>& state,
                                                   std::int64_t after, std::size_t limit) const {
    std::vector<Shown> all;
    for (auto& entry : ledger_.letters().letters(state, after, limit))
        all.push_back(shown(std::move(entry)));
    return all;
}

Bytes LetterDesk::take(const LetterAct& act) {
    const auto letter = ledger_.letters().letter(act.letter);
    const bool mayBeGiven = letter && (letter->state == LetterState::Released ||
                                       letter->state == LetterState::Printing);
    if (mayBeGiven && ledger_.letters().mustNotGoOut(act.letter)) {
        throw Failure{Fault::RequestRefused,
                      "letter " + act.letter.value() +
                          ": its card is revoked, so no sheet is made of it; settle it as spoiled"};
    }
    Bytes file;
    if (mayBeGiven) file = signedLetter(*letter);
    ledger_.letters().record(act);  // the judge of it, whatever it was a moment ago
    if (file.empty()) {
        throw Failure{Fault::RequestRefused,
                      "letter " + act.letter.value() + " changed just now: ask again"};
    }
    return file;
}

Ledger::Settlement LetterDesk::record(const LetterAct& act) {
    return ledger_.letters().record(act);
}

void LetterDesk::expectFit(const OrderEntry& order) const {
    LetterEntry letter;
    letter.letter = order.letter.value();
    letter.releasedAt = clock_.now();
    letter.releasedBy = "its rule";
    static_cast<void>(contentOf(order, letter));
}

Bytes LetterDesk::contentOf(const OrderEntry& entry, const LetterEntry& released) const {
    const auto& order = entry.order;
    const auto& rules = profileOffered(profiles_, order, "letter " + released.letter.value());
    seal::ReleasedLetter letter;
    sayWhose(letter, order, rules);
    letter.letter = released.letter;
    letter.templateName = rules.letter;
    letter.certificateNumberEnd = endOf(entry.number.value());
    letter.pinTries = rules.pin.tries;
    letter.pukTries = rules.puk ? rules.puk->tries : 0;
    letter.releasedAt = released.releasedAt;
    letter.releasedBy = released.releasedBy;
    letter.edition = released.edition;
    letter.sealedCodes = ledger_.sealedCodes(released.letter);
    return seal::encode(letter);
}

Bytes LetterDesk::signedLetter(const LetterEntry& letter) const {
    const auto order = ledger_.order(letter.order);
    if (!order || order->letter != letter.letter) {
        throw Failure{Fault::Defect, "letter " + letter.letter.value() + " is not its order's"};
    }
    return sealer_.sign(contentOf(*order, letter));
}

void LetterDesk::layOut(const LetterEntry& letter) const {
    const auto halfDone = fileOf(*folder_, letter.letter, HalfDoneSuffix);
    writeDurably(halfDone, signedLetter(letter));
    if (ledger_.letters().layOut(letter.letter)) {
        renameDurably(halfDone, fileOf(*folder_, letter.letter, LetterSuffix));
    } else {
        std::filesystem::remove(halfDone);  // it was taken, or destroyed, meanwhile
    }
}

void LetterDesk::layOut() {
    if (!folder_) return;
    const std::lock_guard alone{door_};
    std::set<std::string> waiting;
    std::int64_t last = 0;
    for (auto some = ledger_.letters().letters(LetterState::Released, last, AtOnce); !some.empty();
         some = ledger_.letters().letters(LetterState::Released, last, AtOnce)) {
        for (const auto& letter : some) {
            last = letter.row;
            if (ledger_.letters().whyNoSheetYet(letter.letter)) continue;
            try {
                layOut(letter);
            } catch (const Failure& failure) {
                if (failure.fault() != Fault::LetterUnusable &&
                    failure.fault() != Fault::TokenUnavailable) {
                    throw;
                }
                const auto why = "letter " + letter.letter.value() +
                                 " waits to be laid out: " + zegel::told(failure);
                waiting.insert(why);
                if (!told_.contains(why)) tell_(why);
            }
        }
    }
    told_ = std::move(waiting);
}

std::set<LetterId> LetterDesk::lettersInFolder() {
    std::set<LetterId> letters;
    std::error_code trouble;
    auto file = std::filesystem::directory_iterator{*folder_, trouble};
    for (; !trouble && file != std::filesystem::directory_iterator{}; file.increment(trouble)) {
        const auto suffix = file->path().extension();
        if (suffix == LetterSuffix || suffix == WithdrawnSuffix)
            letters.insert(LetterId{file->path().stem().string()});
    }
    if (trouble) {
        tellOfFolder("the folder of letters " + folder_->string() +
                     " cannot be looked into, and "
                     "letters of revoked cards may lie there: " +
                     trouble.message());
    }
    return letters;
}

void LetterDesk::tellOfFolder(const std::string& trouble) {
    if (!toldOfFolder_.contains(trouble)) tell_(trouble);
    troubleNow_.insert(trouble);
}

void LetterDesk::withdraw(const LetterId& letter) {
    const auto named = fileOf(*folder_, letter, LetterSuffix);
    const auto withdrawn = fileOf(*folder_, letter, WithdrawnSuffix);
    std::error_code unseen;
    try {
        if (std::filesystem::exists(named, unseen)) renameDurably(named, withdrawn);
    } catch (const Failure& failure) {  // fetched just now, or a folder that cannot be written to
        if (std::filesystem::exists(named, unseen)) tellOfFolder(failure.what());
        return;
    }
    if (!std::filesystem::exists(withdrawn, unseen)) return;  // fetched just now
    ledger_.letters().recordWithdrawn(letter);
    try {
        removeDurably(withdrawn);
    } catch (const Failure& failure) {
        tellOfFolder(failure.what());
    }
}

void LetterDesk::withdraw() {
    if (!folder_) return;
    const std::lock_guard alone{door_};
    troubleNow_.clear();
    for (const auto& letter : lettersInFolder()) {
        if (ledger_.letters().isToWithdraw(letter)) withdraw(letter);
    }
    toldOfFolder_ = troubleNow_;
}

void LetterDesk::settleHalfDone() {
    if (!folder_) return;
    for (const auto& file : std::filesystem::directory_iterator{*folder_}) {
        if (file.path().extension() != HalfDoneSuffix) continue;
        const LetterId letter{file.path().stem().string()};
        const auto entry = ledger_.letters().letter(letter);
        if (entry && entry->laidOut) {
            renameDurably(file.path(), fileOf(*folder_, letter, LetterSuffix));
        } else {
            std::filesystem::remove(file.path());
        }
    }
    withdraw();
}

}  // namespace zegel::station
