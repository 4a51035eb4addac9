#include "pinmailer/press/run/print_run.h"

#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "drivers/base/hex.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace zegel::press {
namespace {

constexpr int Sides = 1;
constexpr int MostTries = 5;
constexpr std::size_t IdOctets = 16;
constexpr const char* ToAFile = "file";

bool nothingWasSent(const OpenLetter& open) {
    return open.milestone <= Milestone::Created;
}

bool wasBeingSent(const OpenLetter& open) {
    return open.milestone == Milestone::Sending || open.milestone == Milestone::Sent;
}

/// What spoils this letter alone, and no other.
bool isAboutTheLetter(Fault fault) {
    return fault == Fault::SealBroken || fault == Fault::LetterUnusable ||
           fault == Fault::SettingUnusable;
}

}  // namespace

void PrintRun::settleWhatWasLeft(Tally& tally) {
    const auto left = journal_.open();
    for (const auto& open : left) {
        if (nothingWasSent(open)) {
            const auto kept = takeOffPrinter(open.letter);
            if (!kept.empty()) end(open.letter, {false, kept}, tally);
            continue;
        }
        if (!wasBeingSent(open)) {
            tell(open.letter, tally);
            continue;
        }
        say_(open.letter.value() + "  was being printed when this program ended; finding out");
        if (open.printer != printer_.uri()) {
            end(open.letter, {false, "it was being sent to " + open.printer}, tally);
            continue;
        }
        const bool acknowledged = open.milestone == Milestone::Sent;
        end(open.letter, watch_.follow(open.job, open.letter.value(), Sides, acknowledged), tally);
    }
}

std::vector<LetterId> PrintRun::waiting(Tally& tally) {
    std::vector<LetterId> letters;
    if (folder_ == nullptr) {
        for (auto& listed : desk_.list("released"))
            letters.push_back(std::move(listed.letter));
    } else {
        auto listing = folder_->list(journal_);
        for (const auto& refused : listing.refused)
            say_(refused.file + "  refused    " + refused.why);
        tally.refused += static_cast<int>(listing.refused.size());
        letters = std::move(listing.letters);
    }
    std::erase_if(letters, [&](const LetterId& letter) {  // one whose asking never arrived
        return std::ranges::find(journal_.open(), letter, &OpenLetter::letter) !=
               journal_.open().end();
    });
    return letters;
}

void PrintRun::print(const PressRoom& room, int limit, const AskedToEnd& askedToEnd, Tally& tally) {
    std::vector<LetterId> letters;
    for (const auto& open : journal_.open()) {
        const bool canBeHad = folder_ != nullptr || !isOfFolder(open);
        if (nothingWasSent(open) && canBeHad) letters.push_back(open.letter);
    }
    const auto left = letters.size();
    std::ranges::move(waiting(tally), std::back_inserter(letters));
    const auto most = std::max(left, static_cast<std::size_t>(limit));
    if (letters.size() > most) letters.resize(most);
    for (const auto& letter : letters) {
        tally.unfinished = askedToEnd() ? "it was asked to end" : watch_.awaitReady();
        if (tally.unfinished.empty()) printOne(room, letter, tally);
        if (!tally.unfinished.empty()) break;
    }
    const auto open = journal_.open();
    for (const auto& one : open) {
        if (nothingWasSent(one)) giveBack(one.letter, tally.unfinished, tally);
    }
}

void PrintRun::printOne(const PressRoom& room, const LetterId& letter, Tally& tally) {
    std::string refusal;
    const auto file = take(letter, refusal, tally);
    if (!file) {
        say_(letter.value() + (folder_ == nullptr ? "  not had    " : "  refused    ") + refusal);
        if (folder_ != nullptr) ++tally.refused;
        return;
    }
    Sent sent;
    {
        const auto drawn = drawOrGiveBack(room, letter, *file, tally);
        if (!drawn) return;
        tally.unfinished = send(letter, *drawn, sent);
        if (!tally.unfinished.empty()) return;
    }  // from here on no code is in memory
    if (sent.how == Sent::How::Taken) journal_.sent(letter);
    auto ended = watch_.follow(journal_.letter(letter).job, letter.value(), Sides,
                               sent.how == Sent::How::Taken);
    if (sent.how == Sent::How::Unknown)
        ended = {false, "the printer " + sent.why + "; " + ended.why};
    end(letter, ended, tally);
}

std::optional<Bytes> PrintRun::take(const LetterId& letter, std::string& refusal, Tally& tally) {
    const auto known = std::ranges::find(journal_.open(), letter, &OpenLetter::letter);
    const bool asked = known != journal_.open().end();
    if (asked && !nothingWasSent(*known)) {
        refusal = "it may be on paper already, and the station has yet to hear of it";
        return std::nullopt;
    }
    const bool ofFolder = asked ? isOfFolder(*known) : folder_ != nullptr;
    if (ofFolder && folder_ == nullptr) {
        refusal = "it lay in a folder, which the settings do not name any more";
        return std::nullopt;
    }
    if (!asked)
        journal_.asked(letter,
                       std::string{ofFolder ? FolderId : ""} + toHex(randomBytes(IdOctets)));
    const auto id = journal_.letter(letter).id;
    auto file =
        ofFolder ? folder_->take(letter, id, desk_, refusal) : desk_.take(letter, id, refusal);
    if (file) return file;
    if (asked)
        giveBack(letter, refusal,
                 tally);  // it may be ours since; another's is not given back by it
    else
        journal_.told(letter);
    return std::nullopt;
}

OpenedLetter PrintRun::open(const PressRoom& room, const LetterId& letter, const Bytes& file) {
    auto opened = openLetter(file, room.keys, room.station);
    if (opened.letter.letter == letter) return opened;
    throw Failure{Fault::SealBroken,
                  "letter " + opened.letter.letter.value() + " was given out under this id"};
}

PrintRun::Drawn PrintRun::draw(const PressRoom& room, const OpenedLetter& opened) {
    Drawn drawn{{}, opened.letter.edition};
    room.presses.pressFor(opened).print({&opened, 1},
                                        [&](ByteView octets) { drawn.pdf.append(octets); });
    return drawn;
}

std::string PrintRun::whySentBefore(const seal::ReleasedLetter& letter) const {
    const auto sent = journal_.lastSent(letter.letter);
    if (letter.edition > sent) return {};
    return "the station gave out edition " + std::to_string(letter.edition) +
           " of it, and edition " + std::to_string(sent) +
           " went to a printer before: nothing was sent now";
}

std::optional<PrintRun::Drawn> PrintRun::drawOrGiveBack(const PressRoom& room,
                                                        const LetterId& letter, const Bytes& file,
                                                        Tally& tally) {
    std::string before;
    try {
        const auto opened = open(room, letter, file);
        before = whySentBefore(opened.letter);
        if (before.empty()) return draw(room, opened);
    } catch (const Failure& failure) {
        if (!isAboutTheLetter(failure.fault())) throw;
        const auto why = std::string{nameOf(failure.fault())} + ": " + failure.what();
        say_(letter.value() + "  refused    " + why);
        giveBack(letter, why, tally);
        ++tally.refused;
        return std::nullopt;
    }
    end(letter, {false, before}, tally);
    return std::nullopt;
}

std::string PrintRun::send(const LetterId& letter, const Drawn& drawn, Sent& sent) {
    std::string why;
    for (int tries = 0; tries < MostTries; ++tries) {
        const auto job = watch_.awaitJob(letter.value(), why);
        if (job == 0) return why;
        journal_.created(letter, job, printer_.uri());
        journal_.sending(letter, drawn.edition);
        sent = printer_.send(job, letter.value(), drawn.pdf);
        if (sent.how != Sent::How::Nothing) return {};
        journal_.unsent(letter);
        why = "the printer " + sent.why;
        say_(letter.value() + "  not sent   " + why);
        const auto kept = takeOffPrinter(letter);
        if (kept.empty()) continue;
        sent = {Sent::How::Unknown, kept};
        return {};
    }
    return why;
}

std::string PrintRun::takeOffPrinter(const LetterId& letter) {
    std::string kept;
    try {
        for (const auto job : printer_.openJobsNamed(letter.value())) {
            const auto why = printer_.cancel(job, letter.value());
            if (!why.empty()) kept = "it has a job that may print later: " + why;
        }
    } catch (const Failure& failure) {
        if (failure.fault() != Fault::PrinterUnavailable) throw;
    }
    return kept;
}

void PrintRun::end(const LetterId& letter, const JobEnd& ended, Tally& tally) {
    if (ended.printed) {
        journal_.printed(letter);
        ++tally.printed;
        say_(letter.value() + "  printed");
    } else {
        journal_.uncertain(letter, ended.why);
        ++tally.uncertain;
        say_(letter.value() + "  uncertain  " + ended.why);
    }
    tell(letter, tally);
}

void PrintRun::giveBack(const LetterId& letter, const std::string& reason, Tally& tally) {
    journal_.givenBack(letter, reason);
    tell(letter, tally);
}

void PrintRun::tell(const LetterId& letter, Tally& tally) {
    const auto open = journal_.letter(letter);
    const bool ofFolder = isOfFolder(open);
    Answered answered;
    if (open.milestone == Milestone::Printed)
        answered = desk_.printed(letter, open.id);
    else if (open.milestone == Milestone::Uncertain)
        answered = desk_.uncertain(letter, "uncertain-" + open.id, open.id, open.reason);
    else
        answered =
            desk_.giveBack(letter, open.id, open.reason.empty() ? "nothing was sent" : open.reason);
    const bool isOver = answered.agreed || answered.otherwise;
    // One that the station was never heard to give lies where it lay.
    const bool neverHad = answered.otherwise && open.milestone == Milestone::GivenBack;
    if (isOver && ofFolder && folder_ != nullptr && open.milestone != Milestone::GivenBack)
        folder_->remove(letter);
    if (!answered.agreed && !neverHad)
        say_(letter.value() + "  the station does not agree: " + answered.words);
    if (answered.otherwise && open.milestone == Milestone::Printed) ++tally.denied;
    if (!answered.noSheet.empty()) {
        ++tally.toDestroy;
        say_(letter.value() + "  destroy    " + answered.noSheet);
    }
    if (isOver)
        journal_.told(letter);
    else if (answered.unknown)
        setAside(letter, answered.words, tally);
    else
        ++tally.untold;
}

void PrintRun::setAside(const LetterId& letter, const std::string& words, Tally& tally) {
    journal_.setAside(letter, words);
    ++tally.setAside;
    say_(letter.value() + "  set aside  it stays in the journal and is not told again");
}

void PrintRun::toFile(const PressRoom& room, const LetterId& letter,
                      const std::function<void(const SecretDocument&)>& keep, Tally& tally) {
    std::string refusal;
    const auto file = take(letter, refusal, tally);
    if (!file) throw Failure{Fault::RequestRefused, "letter " + letter.value() + ": " + refusal};
    std::optional<Drawn> drawn;
    std::string before;
    try {
        const auto opened = open(room, letter, *file);
        before = whySentBefore(opened.letter);
        if (before.empty()) drawn = draw(room, opened);
    } catch (const Failure& failure) {
        giveBack(letter, failure.what(), tally);
        throw;
    }
    if (!drawn) {
        end(letter, {false, before}, tally);
        throw Failure{Fault::SealBroken, "letter " + letter.value() + ": " + before};
    }
    journal_.created(letter, 0, ToAFile);
    journal_.sending(letter, drawn->edition);
    keep(drawn->pdf);
    journal_.uncertain(letter, "made as a file, which a person prints and destroys");
    ++tally.uncertain;
    tell(letter, tally);
}

}  // namespace zegel::press
