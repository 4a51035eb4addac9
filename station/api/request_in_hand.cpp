#include "station/api/request_in_hand.h"

namespace zegel::station {
namespace {

thread_local std::string inHand;

}  // namespace

RequestInHand::RequestInHand(const std::string& id) {
    inHand = id;
}

RequestInHand::~RequestInHand() {
    inHand.clear();
}

const std::string& RequestInHand::id() noexcept {
    return inHand;
}

}  // namespace zegel::station
