#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::hwsim {

/// Algorithm references of NIST SP 800-78-4, 6.2, with the widely deployed additions (05, 16).
namespace piv {
inline constexpr std::uint8_t TripleDes = 0x03;
inline constexpr std::uint8_t Rsa3072 = 0x05;
inline constexpr std::uint8_t Rsa1024 = 0x06;
inline constexpr std::uint8_t Rsa2048 = 0x07;
inline constexpr std::uint8_t Aes128 = 0x08;
inline constexpr std::uint8_t Aes192 = 0x0A;
inline constexpr std::uint8_t Aes256 = 0x0C;
inline constexpr std::uint8_t EcP256 = 0x11;
inline constexpr std::uint8_t EcP384 = 0x14;
inline constexpr std::uint8_t Rsa4096 = 0x16;
}  // namespace piv

/// What a kind of PIV chip can do and how it behaves where the standard leaves room.
struct PivModel {
    std::string name;  ///< as it was asked for, to be written in a chip file
    std::array<std::uint8_t, 3> firmware{};
    std::vector<std::uint8_t> keyAlgorithms{};
    std::vector<std::uint8_t> managementAlgorithms{};
    std::uint8_t managementDefault = piv::TripleDes;
    std::uint8_t lastRetiredSlot = 0x95;
    std::size_t largestObject = 3052;  ///< octets inside tag 53
    std::size_t memory = 51200;        ///< octets of all objects together
    bool administers = true;           ///< IMPORT, SET MANAGEMENT KEY, retries, RESET, VERSION
    bool tellsSerial = true;
    bool redrawsSerial = false;  ///< RESET makes it another chip, as far as GET SERIAL tells
    bool tellsMetadata = true;
    bool attests = true;
    bool movesKeys = false;
    bool extendedApdus = true;
    bool selectDropsStatus = true;  ///< the standard keeps it when PIV was selected already
    bool digitsOnly = false;        ///< codes have to be ASCII digits
    bool refusesTrivialCodes = false;
};

/// "5.7", "5.4", "applet" or "plain", each followed by any of +extended -extended +metadata
/// -metadata +attestation -attestation +serial -serial +complexity: "5.7+complexity-extended".
/// Errors: SettingUnusable naming the word.
PivModel pivModelNamed(std::string_view name);

}  // namespace zegel::hwsim
