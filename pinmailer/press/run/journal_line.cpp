#include "pinmailer/press/run/journal_line.h"

#include "drivers/base/bytes.h"
#include "drivers/base/hex.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace zegel::press {
namespace {

constexpr std::size_t CheckOctets = 4;
constexpr std::string_view Mark = " #";

std::string checkOf(std::string_view text) {
    const auto octets = bytesOf(text);
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
    SHA256(octets.data(), octets.size(), digest.data());
    return toHex(ByteView{digest}.first(CheckOctets));
}

}  // namespace

std::string journalLine(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : " ") + word;
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }, ' ');
    return text + std::string{Mark} + checkOf(text) + "\n";
}

std::optional<std::vector<std::string>> wordsOfLine(std::string_view line, std::size_t most) {
    const auto behind = Mark.size() + 2 * CheckOctets;
    if (line.size() <= behind) return std::nullopt;
    auto text = line.substr(0, line.size() - behind);
    const auto check = line.substr(text.size());
    if (check != std::string{Mark} + checkOf(text)) return std::nullopt;
    std::vector<std::string> words;
    while (words.size() + 1 < most && text.find(' ') != std::string_view::npos) {
        const auto space = text.find(' ');
        words.emplace_back(text.substr(0, space));
        text.remove_prefix(space + 1);
    }
    words.emplace_back(text);
    return words;
}

}  // namespace zegel::press
