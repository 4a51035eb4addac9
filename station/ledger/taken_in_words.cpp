#include "station/ledger/taken_in_words.h"

#include "drivers/base/counted.h"

namespace zegel::station {

std::string takenInWords(const Batch& batch, std::size_t notTaken) {
    const auto known = notTaken - batch.refused.size();
    return counted(batch.orders.size() - known, "new order") + ", " + std::to_string(known) +
           " known before, " + std::to_string(batch.refused.size()) + " refused";
}

}  // namespace zegel::station
