#include "hwsim/faults/exchange_fault.h"

#include <algorithm>

namespace zegel::hwsim {
namespace {

Bytes statusOnly(std::uint16_t status) {
    return {static_cast<std::uint8_t>(status >> 8), static_cast<std::uint8_t>(status)};
}

}  // namespace

void FaultPlan::arm(const ExchangeFault& fault) {
    ExchangeFault counted = fault;
    counted.exchange += counted_;
    armed_.push_back(counted);
}

std::optional<ExchangeFault> FaultPlan::next() {
    ++counted_;
    const auto due = std::ranges::find(armed_, counted_, &ExchangeFault::exchange);
    if (due == armed_.end()) return std::nullopt;
    const ExchangeFault fault = *due;
    armed_.erase(due);
    return fault;
}

Bytes altered(const ExchangeFault& fault, Bytes answer) {
    using Kind = ExchangeFault::Kind;
    if (fault.kind == Kind::Status || fault.kind == Kind::StatusAfter) {
        return statusOnly(fault.status);
    }
    if (fault.kind != Kind::Garble && fault.kind != Kind::CutShort) return answer;
    if (answer.size() <= 2) return statusOnly(0x6F00);
    const auto data = static_cast<std::ptrdiff_t>(answer.size()) - 2;
    if (fault.kind == Kind::CutShort) {
        answer.erase(answer.begin() + data / 2, answer.begin() + data);
        return answer;
    }
    for (auto octet = answer.begin(); octet != answer.begin() + data; ++octet) {
        *octet = static_cast<std::uint8_t>(~*octet);
    }
    return answer;
}

}  // namespace zegel::hwsim
