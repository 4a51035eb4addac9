#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "pinmailer/press/program/open_room.h"
#include "pinmailer/press/program/room_commands.h"
#include "pinmailer/press/run/journal.h"
#include "pinmailer/press/run/letter_folder.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <iostream>

namespace zegel::press {
namespace {

constexpr std::size_t IdOctets = 16;
constexpr std::size_t SinceWidth = 22;  // "2026-11-22T12:00:00Z" and two spaces

/// As the station spells them (station/api/openapi.json).
constexpr std::array<std::string_view, 10> States{
    "held",     "released",  "printing",          "printed", "posted",
    "returned", "destroyed", "printed-uncertain", "spoiled", "expired"};

void expectState(const std::string& state) {
    if (state.empty() || std::ranges::count(States, state) != 0) return;
    std::string names;
    for (const auto& known : States)
        names += (names.empty()              ? ""
                  : &known == &States.back() ? " or "
                                             : ", ") +
                 std::string{known};
    misuse("no letter is ever \"" + state + "\": --state is " + names);
}

std::string newId() {
    return toHex(randomBytes(IdOctets));
}

void show(const std::vector<ListedLetter>& letters) {
    const auto widthOf = [&](auto text, std::string_view heading) {
        auto width = heading.size();
        for (const auto& letter : letters)
            width = std::max(width, text(letter).size());
        return width + 2;
    };
    const auto id = [](const ListedLetter& letter) { return letter.letter.value(); };
    const auto state = [](const ListedLetter& letter) { return letter.state; };
    const auto kind = [](const ListedLetter& letter) {
        return letter.templateName + "." + letter.language;
    };
    const auto padded = [](std::string text, std::size_t width) {
        text.resize(std::max(text.size(), width), ' ');
        return text;
    };
    const std::array widths{widthOf(id, "LETTER"), widthOf(state, "STATE"),
                            widthOf(kind, "TEMPLATE")};
    std::cout << padded("LETTER", widths[0]) << padded("STATE", widths[1])
              << padded("TEMPLATE", widths[2]) << padded("SINCE", SinceWidth) << "WHY\n";
    for (const auto& letter : letters) {
        std::cout << padded(id(letter), widths[0]) << padded(state(letter), widths[1])
                  << padded(kind(letter), widths[2]) << padded(letter.changed, SinceWidth)
                  << (letter.reason.empty() ? "-" : letter.reason) << '\n';
    }
}

bool report(const LetterId& letter, const Answered& answered, const std::string& done) {
    const bool named = !answered.agreed && answered.words.find(letter.value()) != std::string::npos;
    std::cout << (named ? "" : letter.value() + "  ")
              << (answered.agreed ? done : "refused: " + answered.words) << '\n';
    return answered.agreed;
}

/// A letter that was being printed, of which no journal knows any more, is uncertain first.
Answered makeUncertain(const config::PrintRoomSettings& settings, LettersDesk& desk,
                       const LetterId& letter, const std::string& reason) {
    const SystemClock clock;
    const Journal journal{settings.journal, clock};
    const auto open = std::ranges::find(journal.open(), letter, &OpenLetter::letter);
    if (open != journal.open().end()) {
        return {false, "letter " + letter.value() +
                           " is not finished in the journal; zegel-pinmailer print goes on with it "
                           "and finds out what the printer knows"};
    }
    const auto found = desk.find(letter);
    if (!found.letter) return {false, found.refusal};
    if (found.letter->state != "printing") return {true, {}};
    return desk.uncertain(letter, newId(), "", reason);
}

}  // namespace

Ending lettersBy(Arguments& arguments) {
    const auto settings = settingsFor(arguments);
    const auto state = arguments.take("--state").value_or("");
    arguments.expectNoMore();
    expectState(state);
    std::signal(SIGPIPE, SIG_IGN);
    show(deskFor(settings).list(state));
    return Ending::Done;
}

Ending settleBy(Arguments& arguments) {
    const auto settings = settingsFor(arguments);
    const LetterId letter{arguments.needPlain("the letter")};
    const auto outcome = arguments.needPlain("what became of it, printed or spoiled,");
    const auto reason = arguments.need("--reason");
    arguments.expectNoMore();
    if (outcome != "printed" && outcome != "spoiled")
        misuse("a letter is settled as printed or spoiled, not \"" + outcome + "\"");
    std::signal(SIGPIPE, SIG_IGN);
    auto desk = deskFor(settings);
    auto answered = makeUncertain(settings, desk, letter, reason);
    if (answered.agreed) answered = desk.settle(letter, newId(), outcome, reason);
    if (answered.agreed && settings.letters) LetterFolder{*settings.letters}.remove(letter);
    const auto toDo =
        answered.noSheet.empty()
            ? std::string{}
            : "; " + answered.noSheet + ": destroy the sheet, and settle it as spoiled";
    if (!report(letter, answered, outcome + ", as you say" + toDo))
        return Ending::SomeLettersRefused;
    return toDo.empty() ? Ending::Done : Ending::SomethingToSettle;
}

Ending postedBy(Arguments& arguments) {
    const auto settings = settingsFor(arguments);
    const bool all = arguments.take("--all").has_value();
    std::vector<LetterId> letters;
    while (arguments.hasPlain())
        letters.emplace_back(arguments.needPlain("a letter"));
    arguments.expectNoMore();
    if (all != letters.empty()) misuse("name the letters that were posted, or --all printed ones");
    std::signal(SIGPIPE, SIG_IGN);
    auto desk = deskFor(settings);
    if (all) {
        for (const auto& listed : desk.list("printed"))
            letters.push_back(listed.letter);
    }
    bool agreed = true;
    for (const auto& letter : letters)
        agreed = report(letter, desk.posted(letter, newId()), "posted") && agreed;
    return agreed ? Ending::Done : Ending::SomeLettersRefused;
}

}  // namespace zegel::press
