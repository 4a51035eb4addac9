#include "station/api/given.h"
#include "station/api/handlers.h"
#include "station/api/views.h"

namespace zegel::station {
namespace {

Answer decide(const Workplace& place, const Request& request, ReaderDecision::Act act) {
    const bool bind = act == ReaderDecision::Act::Bind;
    const auto given = bind ? givenIn(request, {"batch"}) : givenIn(request);
    ReaderDecision decision{given.id,    ReaderName{request.parameters.front()}, act, {}, given.by,
                            given.reason};
    if (given.batch) decision.batch = BatchId{*given.batch};
    auto body = inOrder();
    body.set("decision", given.id);
    body.set("outcome", place.decideReader(decision));
    return jsonAnswer(body);
}

}  // namespace

Answer answerCards(const Workplace& place, const Request& request) {
    Query query{request.query, {"after", "limit"}};
    const auto after = query.text("after").value_or("");
    const auto limit = query.limit();
    if (!query.objection().empty()) return problem(400, query.objection(), request.id);
    const auto cards = place.ledger.cardsAfter(after, limit);
    auto body = inOrder();
    body.set("cards", viewsOf(cards));
    if (cards.size() == limit) body.set("next", cards.back().chip.serial.value());
    return jsonAnswer(body);
}

Answer answerCard(const Workplace& place, const Request& request) {
    const auto card = place.ledger.card(ChipSerial{request.parameters.front()});
    return card ? jsonAnswer(viewOf(*card)) : unknown("card", request);
}

Answer answerReaders(const Workplace& place, const Request& /*request*/) {
    auto body = inOrder();
    body.set("readers", viewsOf(place.board.all()));
    return jsonAnswer(body);
}

Answer answerBind(const Workplace& place, const Request& request) {
    return decide(place, request, ReaderDecision::Act::Bind);
}

Answer answerFree(const Workplace& place, const Request& request) {
    return decide(place, request, ReaderDecision::Act::Free);
}

Answer answerResume(const Workplace& place, const Request& request) {
    return decide(place, request, ReaderDecision::Act::Resume);
}

}  // namespace zegel::station
