#include "drivers/base/failure.h"
#include "station/orders/batch_file.h"
#include "station/orders/certificate_number.h"
#include "station/orders/receipt.h"

#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

namespace {

using zegel::Failure;
using zegel::Fault;

const zegel::cardprofiles::Profiles& profiles() {
    static const auto All = zegel::cardprofiles::readProfiles(ZEGEL_SOURCE_DIR "/cardprofiles");
    return All;
}

template <typename Read>
void orOrderUnusable(Read&& read) {
    try {
        read();
    } catch (const Failure& failure) {
        if (failure.fault() != Fault::OrderUnusable) std::abort();
    }
}

}  // namespace

/// Whatever lies in the inbox is a batch, a receipt, or refused as unusable; every order that was
/// taken has what a card needs, and every refused one a reason.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const std::string text(octets, octets + size);
    orOrderUnusable([&] {
        std::istringstream in(text);
        const auto batch = zegel::station::readBatch(in, "fuzz", profiles());
        for (const auto& order : batch.orders) {
            if (order.id.value().empty() || order.subject.group.empty()) std::abort();
        }
        for (const auto& refused : batch.refused) {
            if (refused.id.value().empty() || refused.reason.empty()) std::abort();
        }
    });
    orOrderUnusable([&] {
        std::istringstream in(text);
        (void)zegel::station::readReceipt(in, "fuzz");
    });
    (void)zegel::station::certificateNumberFrom(text);
    return 0;
}
