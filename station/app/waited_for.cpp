#include "station/app/waited_for.h"

#include "drivers/base/told.h"

namespace zegel::station {
namespace {

/// Nothing when it takes whatever it is told. One event that it does not take is somebody's to look
/// at as well.
std::optional<WaitedFor> waitedFor(const OrderSystemCondition& condition) {
    const std::string name = "order-system";
    if (condition.isWaitedFor) {
        return WaitedFor{name, condition.since, condition.nextTry, condition.said};
    }
    if (condition.held.empty()) return std::nullopt;
    const auto& first = condition.held.front();
    return WaitedFor{name, condition.backlog.oldest, first.nextTry,
                     "event " + first.id + " of " + first.subject + " is not taken: " + first.said};
}

}  // namespace

std::vector<WaitedFor> waitedFor(const AuthorityCondition& authority,
                                 const std::optional<OrderSystemCondition>& orderSystem,
                                 const std::optional<WaitedFor>& inbox) {
    std::vector<WaitedFor> all;
    if (authority.isWaitedFor) {
        all.push_back({"authority", authority.since, authority.nextTry,
                       authority.reason + lookUp(authority.fault)});
    }
    const auto orders = orderSystem ? waitedFor(*orderSystem) : std::nullopt;
    if (orders) all.push_back(*orders);
    if (inbox) all.push_back(*inbox);
    return all;
}

}  // namespace zegel::station
