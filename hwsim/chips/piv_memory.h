#pragma once

#include "hwsim/chips/key_pair.h"
#include "hwsim/chips/piv_model.h"

#include <filesystem>
#include <map>
#include <optional>

namespace zegel::hwsim {

/// PIN or PUK as the chip keeps it: eight octets, padded with FF.
struct Code {
    Bytes value;
    int tries = 3;
    int left = 3;
};

enum class KeyOrigin : std::uint8_t { Generated = 1, Imported = 2 };

namespace policy {
inline constexpr std::uint8_t Default = 0;
inline constexpr std::uint8_t PinNever = 1;
inline constexpr std::uint8_t PinOnce = 2;
inline constexpr std::uint8_t PinAlways = 3;
inline constexpr std::uint8_t TouchNever = 1;
inline constexpr std::uint8_t TouchAlways = 2;
inline constexpr std::uint8_t TouchCached = 3;
}  // namespace policy

struct StoredKey {
    KeyPair pair;
    KeyOrigin origin;
    std::uint8_t pinPolicy;
    std::uint8_t touchPolicy;
};

struct ManagementKey {
    std::uint8_t algorithm;
    Bytes value;
    std::uint8_t touchPolicy = policy::TouchNever;
};

/// All that outlives the power: what real silicon keeps in EEPROM. Plain octets, because the
/// simulator plays the silicon; nothing of the station ever holds one.
struct PivMemory {
    PivModel model;
    std::uint32_t serial = 0;
    Code pin;
    Code puk;
    ManagementKey management;
    std::map<std::uint8_t, StoredKey> keys;    ///< by key reference: 9A ... 95, F9
    std::map<std::uint32_t, Bytes> objects{};  ///< by tag: what stood inside tag 53

    std::size_t objectOctets() const noexcept;
};

/// As it leaves the factory: published PIN, PUK and management key, no keys and objects but
/// the attestation key and its certificate (slot F9, object 5FFF01) where the model attests.
PivMemory blankMemory(const PivModel& model, std::uint32_t serial);

/// Factory values again; the attestation key and certificate stay, as on real chips.
void resetToFactory(PivMemory& memory);

const Bytes& factoryPin();
const Bytes& factoryPuk();
Bytes factoryManagementKey(std::uint8_t algorithm);

/// The chip file: lines of text, one fact a line, secrets included.
/// Errors: SettingUnusable naming file and line.
PivMemory loadChipFile(const std::filesystem::path& file);
/// Written whole under another name and then renamed. Errors: SettingUnusable naming the file.
void saveChipFile(const std::filesystem::path& file, const PivMemory& memory);

}  // namespace zegel::hwsim
