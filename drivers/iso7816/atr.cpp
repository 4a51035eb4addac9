#include "drivers/iso7816/atr.h"

#include <bit>
#include <numeric>

namespace zegel::iso7816 {
namespace {

constexpr std::uint8_t DirectConvention = 0x3B;
constexpr std::uint8_t InverseConvention = 0x3F;
constexpr std::size_t LongestAtr = 33;

/// Historical bytes in compact TLV (ISO/IEC 7816-4:2020, 12.1.1): tag in the high half, length in
/// the low one. Category 00 keeps three octets of status at the end, 80 does not.
std::optional<CardCapabilities> capabilitiesIn(ByteView historical) {
    constexpr std::size_t StatusSize = 3;
    if (historical.empty()) return std::nullopt;
    const auto category = historical.front();
    auto rest = historical.subspan(1);
    if (category == 0x00) {
        if (rest.size() < StatusSize) return std::nullopt;
        rest = rest.first(rest.size() - StatusSize);
    } else if (category != 0x80) {
        return std::nullopt;
    }
    while (!rest.empty()) {
        const auto tag = static_cast<unsigned>(rest.front() >> 4U);
        const std::size_t length = rest.front() & 0x0FU;
        if (rest.size() < 1 + length) return std::nullopt;
        const auto value = rest.subspan(1, length);
        if (tag == 7) {
            if (value.size() < 3) return std::nullopt;
            return CardCapabilities{.commandChaining = (value[2] & 0x80U) != 0,
                                    .extendedLength = (value[2] & 0x40U) != 0};
        }
        rest = rest.subspan(1 + length);
    }
    return std::nullopt;
}

/// Follows the interface octets; gives where the historical ones begin.
std::optional<std::size_t> skipInterface(ByteView octets, Atr& atr, bool& hasCheck) {
    std::size_t at = 2;
    auto present = static_cast<std::uint8_t>(octets[1] >> 4U);
    while (present != 0) {
        at += static_cast<std::size_t>(std::popcount(static_cast<std::uint8_t>(present & 0x07U)));
        if ((present & 0x08U) == 0) break;
        if (at >= octets.size()) return std::nullopt;
        const auto next = octets[at++];
        const auto protocol = next & 0x0FU;
        atr.offersT0 |= protocol == 0;
        atr.offersT1 |= protocol == 1;
        hasCheck |= protocol != 0;
        present = static_cast<std::uint8_t>(next >> 4U);
    }
    if (!atr.offersT0 && !atr.offersT1) atr.offersT0 = !hasCheck;
    return at;
}

}  // namespace

std::optional<Atr> parseAtr(ByteView octets) {
    if (octets.size() < 2 || octets.size() > LongestAtr) return std::nullopt;
    if (octets[0] != DirectConvention && octets[0] != InverseConvention) return std::nullopt;
    Atr atr;
    bool hasCheck = false;
    const auto at = skipInterface(octets, atr, hasCheck);
    const std::size_t count = octets[1] & 0x0FU;
    if (!at || octets.size() != *at + count + (hasCheck ? 1 : 0)) return std::nullopt;
    if (hasCheck) {
        const auto sum = std::accumulate(octets.begin() + 1, octets.end(), 0U,
                                         [](unsigned all, unsigned octet) { return all ^ octet; });
        if (sum != 0) return std::nullopt;
    }
    const auto historical = octets.subspan(*at, count);
    atr.historical.assign(historical.begin(), historical.end());
    atr.capabilities = capabilitiesIn(historical);
    return atr;
}

bool saysExtendedLength(ByteView octets) {
    const auto atr = parseAtr(octets);
    return atr && atr->capabilities && atr->capabilities->extendedLength;
}

}  // namespace zegel::iso7816
