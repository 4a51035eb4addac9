#include "station/app/inbox_name.h"

#include "drivers/base/hex.h"
#include "drivers/base/openssl.h"
#include "station/orders/written_text.h"

#include <Poco/UTF8Encoding.h>

namespace zegel::station {
namespace {

constexpr std::size_t LongestName = 200;
constexpr std::size_t ShownOctets = 80;  // of a name that will not do
constexpr std::size_t DigestOctets = 4;
constexpr std::string_view Ending = ".json";

std::size_t lengthBehind(unsigned char lead) noexcept {
    if (lead < 0x80) return 1;
    if (lead < 0xE0) return 2;
    return lead < 0xF0 ? 3 : 4;
}

bool isUtf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto* octets = reinterpret_cast<const unsigned char*>(text.data()) + at;
        const auto length = lengthBehind(*octets);
        if (at + length > text.size()) return false;
        if (!Poco::UTF8Encoding::isLegal(octets, static_cast<int>(length))) return false;
        at += length;
    }
    return true;
}

bool isPlain(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '-';
}

std::string startOfDigest(std::string_view name) {
    Bytes digest(32);
    openssl::expect(
        EVP_Digest(name.data(), name.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1,
        Fault::Defect, "hashing a file's name");
    return toHex(ByteView{digest}.first(DigestOctets));
}

}  // namespace

std::optional<std::string> objectionToName(std::string_view name) {
    if (name.size() > LongestName) {
        return "is longer than " + std::to_string(LongestName) + " octets; shorten it";
    }
    if (!isUtf8(name)) return "is not UTF-8; use plain letters and digits";
    return objectionTo(name);
}

std::string plainNameFor(std::string_view name) {
    if (!objectionToName(name)) return std::string{name};
    auto shown = name.substr(0, ShownOctets);
    if (shown.size() == name.size() && shown.ends_with(Ending)) shown.remove_suffix(Ending.size());
    std::string plain{shown};
    for (auto& c : plain) {
        if (!isPlain(c)) c = '_';
    }
    return plain + "~" + startOfDigest(name) + std::string{Ending};
}

}  // namespace zegel::station
