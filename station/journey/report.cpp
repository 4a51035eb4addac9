#include "station/journey/stages.h"

namespace zegel::station {

Produced report(Proved&& proved) {
    const auto luggage = std::move(proved.luggage_);
    const auto& claim = luggage.claim;
    luggage.house.tell(Step::Report);
    luggage.house.ledger.finish(claim, proved.record_);
    return {claim.order.id, claim.chip.serial, claim.number, claim.order.subject.group,
            claim.letter};
}

}  // namespace zegel::station
