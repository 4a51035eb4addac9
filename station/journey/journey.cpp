#include "station/journey/journey.h"

namespace zegel::station {

Produced produceCard(const Claim& claim, Guest& guest, const House& house) {
    auto admitted = admit(claim, house);
    auto met = meetChip(std::move(admitted), guest);
    auto opened = openChip(std::move(met));
    auto keyed = makeKeys(std::move(opened));
    auto certified = certify(std::move(keyed));
    auto guarded = guardChip(std::move(certified));
    auto sealed = sealCodes(std::move(guarded));
    auto proved = proveCard(std::move(sealed));
    return report(std::move(proved));
}

}  // namespace zegel::station
