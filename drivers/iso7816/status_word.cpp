#include "drivers/iso7816/status_word.h"

#include "drivers/base/hex.h"

#include <array>
#include <string_view>
#include <utility>

namespace zegel::iso7816 {
namespace {

constexpr std::array<std::pair<StatusWord, std::string_view>, 19> Meanings{{
    {sw::Ok, "done"},
    {sw::WrongLength, "wrong length"},
    {sw::LogicalChannelNotSupported, "logical channel not supported"},
    {sw::SecureMessagingNotSupported, "secure messaging not supported"},
    {sw::LastCommandOfChainExpected, "last command of the chain expected"},
    {sw::ChainingNotSupported, "command chaining not supported"},
    {sw::SecurityStatusNotSatisfied, "security status not satisfied"},
    {sw::AuthenticationBlocked, "blocked"},
    {sw::ConditionsNotSatisfied, "conditions of use not satisfied"},
    {sw::WrongData, "wrong data"},
    {sw::FunctionNotSupported, "function not supported"},
    {sw::FileNotFound, "object not found"},
    {sw::NotEnoughMemory, "not enough memory"},
    {sw::WrongParameters, "wrong parameters"},
    {sw::ReferencedDataNotFound, "key or reference not found"},
    {sw::WrongParameterValues, "wrong parameters"},
    {sw::InstructionNotSupported, "instruction not supported"},
    {sw::ClassNotSupported, "class not supported"},
    {sw::NoPreciseDiagnosis, "no precise diagnosis"},
}};

}  // namespace

std::string describe(StatusWord status) {
    const std::array<std::uint8_t, 2> octets{status.sw1(), status.sw2()};
    auto number = toHex(octets);
    if (const auto tries = status.triesLeft()) {
        return number + " (refused, tries left: " + std::to_string(*tries) + ")";
    }
    for (const auto& [known, meaning] : Meanings) {
        if (known == status) return number + " (" + std::string{meaning} + ")";
    }
    return number;
}

}  // namespace zegel::iso7816
