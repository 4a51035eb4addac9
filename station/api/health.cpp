#include "station/api/handlers.h"
#include "station/api/views.h"

namespace zegel::station {

Answer answerHealth(const Workplace& place, const Request& /*request*/) {
    const auto wellbeing = place.wellbeing();
    place.ledger.lastEvent();  // throws when the ledger cannot be read
    auto body = inOrder();
    body.set("status", std::string{wellbeing.isAuthorityWaitedFor ? "waiting" : "well"});
    if (wellbeing.isAuthorityWaitedFor) body.set("said", "the CA is waited for");
    return jsonAnswer(body);
}

Answer answerDescription(const Workplace& /*place*/, const Request& /*request*/) {
    Answer answer;
    answer.body = OpenApiDocument;
    return answer;
}

}  // namespace zegel::station
