#include "drivers/base/failure.h"
#include "pinmailer/press/new_file.h"
#include "pinmailer/press/program/open_room.h"
#include "pinmailer/press/program/question.h"
#include "pinmailer/press/program/room_commands.h"
#include "pinmailer/press/run/print_run.h"

#include <atomic>
#include <charconv>
#include <csignal>
#include <iostream>
#include <limits>

namespace zegel::press {
namespace {

std::atomic<bool> endWanted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void wantEnd(int /*signal*/) {
    endWanted = true;
}

void say(const std::string& line) {
    std::cout << line << std::endl;  // whoever watches sees it at once
}

int limitIn(Arguments& arguments) {
    const auto text = arguments.take("--limit");
    if (!text) return std::numeric_limits<int>::max();
    int limit = 0;
    const auto* const end = text->data() + text->size();
    const auto [stopped, wrong] = std::from_chars(text->data(), end, limit);
    if (wrong != std::errc{} || stopped != end || limit < 1)
        misuse("--limit \"" + *text + "\" is not a number of letters");
    return limit;
}

Ending conclude(const Tally& tally) {
    say(std::to_string(tally.printed) + " printed, " + std::to_string(tally.uncertain) +
        " uncertain, " + std::to_string(tally.refused) + " refused");
    if (tally.uncertain > 0) {
        say("Look at the paper of each uncertain letter, then: zegel-pinmailer settle LETTER "
            "printed|spoiled --reason TEXT");
    }
    if (tally.untold > 0) {
        say("The station refuses to hear what became of " + std::to_string(tally.untold) +
            " letters: mend what it says above, and print again; they stay in the journal");
    }
    if (tally.setAside > 0) {
        say("The station knows nothing of " + std::to_string(tally.setAside) +
            " letters set aside: find out whether it is the right one, or was restored from a "
            "backup, and look for their paper");
    }
    if (tally.toDestroy > 0) {
        say("Take the sheets of " + std::to_string(tally.toDestroy) +
            " letters out and destroy them, then of each: zegel-pinmailer settle LETTER spoiled "
            "--reason TEXT");
    }
    if (tally.denied > 0) {
        say("The station does not take " + std::to_string(tally.denied) +
            " letters as printed: keep their sheets back until it is clear why");
    }
    if (!tally.unfinished.empty()) say("not finished: " + tally.unfinished);
    if (tally.uncertain + tally.untold + tally.setAside + tally.toDestroy + tally.denied > 0)
        return Ending::SomethingToSettle;
    if (!tally.unfinished.empty()) return Ending::NotFinished;
    return tally.refused > 0 ? Ending::SomeLettersRefused : Ending::Done;
}

/// All that a run needs, opened in the order in which a person wants to hear what is wrong.
struct Opened {
    explicit Opened(const config::PrintRoomSettings& settings)
        : station(loadStationCertificate(settings.station.seal.string())),
          presses(pressesFor(settings)),
          printer(printerFor(settings)),
          desk(deskFor(settings)),
          keys(keysFor(settings)),
          folder(settings.letters.value_or("")),
          journal(settings.journal, clock),
          watch(printer, patienceOf(settings), say, [] { return endWanted.load(); }),
          run(journal, desk, printer, watch, say, settings.letters ? &folder : nullptr) {}

    PressRoom room() { return {keys, *station, presses}; }

    SystemClock clock;
    openssl::CertificatePtr station;
    Presses presses;
    Printer printer;
    LettersDesk desk;
    std::vector<PrintRoomKey> keys;
    LetterFolder folder;
    Journal journal;
    PrinterWatch watch;
    PrintRun run;
};

/// Why it cannot be had, before a person is asked; whether it is ours the journal tells then.
std::string whyNotToBeHad(const config::PrintRoomSettings& settings, const LetterId& letter) {
    if (settings.letters && !LetterFolder{*settings.letters}.has(letter))
        return "letter " + letter.value() + " is not in " + settings.letters->string();
    const auto shown = deskFor(settings).find(letter);
    if (!shown.letter) return shown.refusal;
    const auto& state = shown.letter->state;
    if (state == "printing" || (state == "released" && !settings.letters)) return {};
    return "letter " + letter.value() + " is " + state +
           ": only one that is released becomes a file";
}

Ending toFile(const config::PrintRoomSettings& settings, const LetterId& letter,
              const std::string& output) {
    if (const auto why = whyNotToBeHad(settings, letter); !why.empty()) {
        say("refused: " + why);
        return Ending::SomeLettersRefused;
    }
    const bool agreed = personAgrees(
        "The file " + output + " will hold live codes, for whoever can read it, in the clear.\n" +
        "Keep it in memory, print it, destroy it; then settle letter " + letter.value() +
        ".\nWrite it? yes/no: ");
    if (!agreed) {
        say("nothing was written");
        return Ending::SomeLettersRefused;
    }
    NewFile file{output};
    Opened opened{settings};
    Tally tally;
    opened.run.settleWhatWasLeft(tally);
    opened.run.toFile(
        opened.room(), letter,
        [&](const SecretDocument& pdf) {
            pdf.forEachPiece([&](ByteView octets) { file.write(octets); });
            file.keep();
        },
        tally);
    say(letter.value() + "  written    " + output);
    return conclude(tally);
}

}  // namespace

Ending printBy(Arguments& arguments) {
    const auto settings = settingsFor(arguments);
    const auto letter = arguments.take("--to-file");
    const auto output = letter ? arguments.need("--output") : std::string{};
    const auto limit = limitIn(arguments);
    arguments.expectNoMore();
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGINT, wantEnd);
    std::signal(SIGTERM, wantEnd);
    if (letter) return toFile(settings, LetterId{*letter}, output);
    Opened opened{settings};
    if (settings.printer.inTheClear) {
        say("in_the_clear is set: whoever is on the wire to " + settings.printer.uri +
            " can read every code of these letters");
    }
    Tally tally;
    opened.run.settleWhatWasLeft(tally);
    opened.run.print(
        opened.room(), limit, [] { return endWanted.load(); }, tally);
    return conclude(tally);
}

}  // namespace zegel::press
