#include "station/api/four_eyes.h"
#include "station/api/given.h"
#include "station/api/handlers.h"
#include "station/api/views.h"

#include <algorithm>

namespace zegel::station {
namespace {

using Kind = LetterAct::Kind;

constexpr const char* CardRevoked = "its card is revoked";

std::string inWords(Kind kind, Ledger::Settlement settlement) {
    if (settlement == Ledger::Settlement::DoneBefore) return "already done";
    switch (kind) {
        case Kind::Take: return "taken";
        case Kind::Fetch: return "fetched";
        case Kind::GiveBack: return "given back: others may take it";
        case Kind::Printed: return "printed";
        case Kind::Uncertain: return "printed or not: it waits for a person who looks";
        case Kind::FoundPrinted: return "settled: it was printed";
        case Kind::FoundSpoiled: return "settled: it is spoiled";
        case Kind::Posted: return "posted";
        case Kind::Returned: return "came back";
    }
    return {};
}

/// Those that a person should find in the station's log; the others are its daily work.
bool isRoutine(Kind kind) {
    return kind == Kind::Take || kind == Kind::Fetch || kind == Kind::Printed ||
           kind == Kind::Posted;
}

LetterAct actOf(const Request& request, const Given& given, Kind kind) {
    return {given.id,     LetterId{request.parameters.front()},
            kind,         given.by,
            given.reason, given.taken.value_or("")};
}

Answer carryOut(const Workplace& place, const Request& request, const Given& given, Kind kind) {
    const auto act = actOf(request, given, kind);
    if (!place.letters.letter(act.letter)) return unknown("letter", request);
    auto outcome = inWords(kind, place.letters.record(act));
    const bool isSheet = kind == Kind::Printed || kind == Kind::FoundPrinted;
    const bool toDestroy = isSheet && place.ledger.letters().mustNotGoOut(act.letter);
    if (toDestroy) {
        outcome += std::string{"; "} + CardRevoked +
                   ": destroy the sheet, and settle the letter as spoiled";
    }
    if (!isRoutine(kind)) {
        place.tell("letter " + act.letter.value() + ": " + outcome + ", by " + act.by +
                   (act.why.empty() ? "" : ": " + act.why));
    }
    auto body = inOrder();
    body.set("decision", given.id);
    body.set("outcome", outcome);
    if (toDestroy) body.set("noSheet", CardRevoked);
    return jsonAnswer(body);
}

}  // namespace

Answer answerLetters(const Workplace& place, const Request& request) {
    Query query{request.query, {"state", "after", "limit"}};
    const auto after = query.after();
    const auto limit = query.limit();
    const auto said = query.text("state");
    if (!query.objection().empty()) return problem(400, query.objection(), request.id);
    std::optional<LetterState> state;
    if (said) {
        const auto names = letterStateNames();
        if (std::ranges::find(names, *said) == names.end())
            return problem(400, "state is no state of a letter", request.id);
        state = letterStateNamed(*said);
    }
    const auto letters = place.letters.letters(state, after, limit);
    auto body = inOrder();
    body.set("letters", viewsOf(letters));
    if (letters.size() == limit)
        body.set("next", static_cast<Poco::Int64>(letters.back().letter.row));
    return jsonAnswer(body);
}

Answer answerLetter(const Workplace& place, const Request& request) {
    const auto letter = place.letters.letter(LetterId{request.parameters.front()});
    if (!letter) return unknown("letter", request);
    auto view = viewOf(*letter);
    const auto& id = letter->letter.letter;
    if (place.ledger.letters().mustNotGoOut(id))
        view.set("noSheet", std::string{CardRevoked} + ", so settle it as spoiled");
    else if (const auto why = place.ledger.letters().whyNoSheetYet(id))
        view.set("noSheet", *why);
    return jsonAnswer(view);
}

Answer answerTake(const Workplace& place, const Request& request) {
    const auto given = givenIn(request, {}, Reason::SpeaksForItself);
    const auto act = actOf(request, given, Kind::Take);
    if (!place.letters.letter(act.letter)) return unknown("letter", request);
    Bytes file;
    try {
        file = place.letters.take(act);
    } catch (const Failure& failure) {
        if (failure.fault() != Fault::LetterUnusable) throw;
        place.tell("request " + request.id + " (takeLetter) refused: " + failure.what());
        return problem(422,
                       "the station cannot make this letter: its log tells why, under this "
                       "request; the others can be taken",
                       request.id);
    }
    Answer answer;
    answer.type = "application/octet-stream";
    answer.body.assign(file.begin(), file.end());
    answer.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"" + act.letter.value() + ".letter\"");
    return answer;
}

Answer answerFetched(const Workplace& place, const Request& request) {
    return carryOut(place, request, givenIn(request, {}, Reason::SpeaksForItself), Kind::Fetch);
}

Answer answerGiveBack(const Workplace& place, const Request& request) {
    const auto given = givenIn(request, {"taken"});
    if (!given.taken) {  // what is said late must not free what is taken anew
        throw Failure{Fault::OrderUnusable,
                      "the body, taken: is missing; name the id under which it was taken"};
    }
    return carryOut(place, request, given, Kind::GiveBack);
}

Answer answerPrinted(const Workplace& place, const Request& request) {
    return carryOut(place, request, givenIn(request, {"taken"}, Reason::SpeaksForItself),
                    Kind::Printed);
}

Answer answerUncertain(const Workplace& place, const Request& request) {
    return carryOut(place, request, givenIn(request, {"taken"}), Kind::Uncertain);
}

Answer answerSettle(const Workplace& place, const Request& request) {
    const auto given = givenIn(request, {"outcome"});
    return carryOut(place, request, given,
                    given.outcome == "printed" ? Kind::FoundPrinted : Kind::FoundSpoiled);
}

Answer answerPosted(const Workplace& place, const Request& request) {
    return carryOut(place, request, givenIn(request, {}, Reason::SpeaksForItself), Kind::Posted);
}

Answer answerLetterReturned(const Workplace& place, const Request& request) {
    return carryOut(place, request, givenIn(request), Kind::Returned);
}

Answer answerReprint(const Workplace& place, const Request& request) {
    const auto given = givenIn(request, {"unseen"});
    const LetterId letter{request.parameters.front()};
    if (!place.letters.letter(letter)) return unknown("letter", request);
    if (!given.unseen) {
        throw Failure{Fault::RequestRefused,
                      "letter " + letter.value() +
                          " is printed again only where nobody can have seen its old sheet, which "
                          "\"unseen\": true says; where somebody may have, its codes are "
                          "re-issued: ask for reissue"};
    }
    return askForSecond(place, request, "reprint-letter", given, "nobody saw the old sheet");
}

Answer answerReissue(const Workplace& place, const Request& request) {
    const auto given = givenIn(request);
    if (!place.letters.letter(LetterId{request.parameters.front()})) {
        return unknown("letter", request);
    }
    return askForSecond(place, request, "reissue-codes", given);
}

Answer answerAbandoned(const Workplace& place, const Request& request) {
    const auto given = givenIn(request, {"outcome"});
    if (!place.letters.letter(LetterId{request.parameters.front()})) {
        return unknown("letter", request);
    }
    return askForSecond(place, request, "settle-abandoned", given, *given.outcome);
}

}  // namespace zegel::station
