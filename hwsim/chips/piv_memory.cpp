#include "hwsim/chips/piv_memory.h"

#include "hwsim/chips/piv_attestation.h"

#include <numeric>

namespace zegel::hwsim {

std::size_t PivMemory::objectOctets() const noexcept {
    return std::accumulate(
        objects.begin(), objects.end(), std::size_t{0},
        [](std::size_t sum, const auto& object) { return sum + object.second.size(); });
}

const Bytes& factoryPin() {
    static const Bytes Pin{'1', '2', '3', '4', '5', '6', 0xFF, 0xFF};
    return Pin;
}

const Bytes& factoryPuk() {
    static const Bytes Puk{'1', '2', '3', '4', '5', '6', '7', '8'};
    return Puk;
}

Bytes factoryManagementKey(std::uint8_t algorithm) {
    Bytes key(keyLength(algorithm));
    for (std::size_t at = 0; at < key.size(); ++at) {
        key[at] = static_cast<std::uint8_t>(at % 8 + 1);
    }
    return key;
}

PivMemory blankMemory(const PivModel& model, std::uint32_t serial) {
    PivMemory memory{
        .model = model,
        .serial = serial,
        .pin = {factoryPin()},
        .puk = {factoryPuk()},
        .management = {model.managementDefault, factoryManagementKey(model.managementDefault)},
        .keys = {}};
    if (model.attests) equipForAttestation(memory);
    return memory;
}

void resetToFactory(PivMemory& memory) {
    memory.pin = {factoryPin()};
    memory.puk = {factoryPuk()};
    memory.management = {memory.model.managementDefault,
                         factoryManagementKey(memory.model.managementDefault)};
    std::erase_if(memory.keys, [](const auto& key) { return key.first != AttestationSlot; });
    std::erase_if(memory.objects,
                  [](const auto& object) { return object.first != AttestationObject; });
}

}  // namespace zegel::hwsim
