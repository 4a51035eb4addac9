#include "hwsim/doors/chip_name.h"

#include "drivers/base/hex.h"

#include <charconv>
#include <cstdint>

namespace zegel::hwsim {
namespace {

constexpr std::string_view Family = "piv-";

}  // namespace

std::string chipName(const std::filesystem::path& file) {
    const auto stem = file.stem().string();
    std::uint32_t serial = 0;
    const auto* const end = stem.data() + stem.size();
    const auto [rest, problem] = std::from_chars(stem.data(), end, serial);
    if (problem != std::errc{} || rest != end) return stem;
    const auto octet = [&](int shift) { return static_cast<std::uint8_t>(serial >> shift); };
    return std::string{Family} + toHex(Bytes{octet(24), octet(16), octet(8), octet(0)});
}

std::string chipStem(const std::string& name) {
    if (!name.starts_with(Family)) return name;
    const auto octets = fromHex(std::string_view{name}.substr(Family.size()));
    if (!octets || octets->size() != sizeof(std::uint32_t)) return name;
    std::uint32_t serial = 0;
    for (const auto octet : *octets)
        serial = serial << 8U | octet;
    return std::to_string(serial);
}

}  // namespace zegel::hwsim
