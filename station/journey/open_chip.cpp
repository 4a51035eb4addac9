#include "station/journey/stages.h"

namespace zegel::station {

Opened openChip(Met&& met) {
    auto luggage = std::move(met.luggage_);
    luggage.house.tell(Step::OpenChip);
    luggage.chip().openWithFactoryKeys();
    return Opened{std::move(luggage)};
}

}  // namespace zegel::station
