#include "drivers/cards/piv/objects.h"

#include "drivers/cards/piv/gzip.h"
#include "drivers/iso7816/tlv.h"

#include <algorithm>

namespace zegel::piv {
namespace {

using iso7816::Tag;
using iso7816::tlv;

constexpr Tag Certificate = 0x70;
constexpr Tag CertificatePacking = 0x71;
constexpr Tag ErrorDetection = 0xFE;
constexpr Tag FascN = 0x30;
constexpr Tag Guid = 0x34;
constexpr Tag Expiry = 0x35;
constexpr Tag IssuerSignature = 0x3E;

/// Far above any certificate; below what a packed bomb would fill.
constexpr std::size_t LongestCertificate = std::size_t{64} * 1024;
/// Bit 1 of the packing octet; bit 3 stands for a format long gone ([SP 800-73-5] part 1, table
/// 10).
constexpr std::uint8_t GzipBit = 0x01;

/// Agency 9999, system 9999, credential 999999: "no FASC-N here" ([SP 800-73-5] part 1, 3.3).
constexpr std::array<std::uint8_t, 25> NonFederal{
    0xD4, 0xE7, 0x39, 0xDA, 0x73, 0x9C, 0xED, 0x39, 0xCE, 0x73, 0x9D, 0x83, 0x68,
    0x58, 0x21, 0x08, 0x42, 0x10, 0x84, 0x21, 0xC8, 0x42, 0x10, 0xC3, 0xEB};

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const auto& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace

Bytes certificateObject(ByteView der, Packing packing) {
    const Bytes octet{static_cast<std::uint8_t>(packing)};
    const auto content = packing == Packing::Gzip ? gzipped(der) : Bytes{der.begin(), der.end()};
    return joined(
        {tlv(Certificate, content), tlv(CertificatePacking, octet), tlv(ErrorDetection, Bytes{})});
}

Bytes certificateIn(ByteView object) {
    const auto content = iso7816::require(object, {Certificate}, "certificate object");
    const auto packing = iso7816::find(object, CertificatePacking);
    if (packing && !packing->empty() && (packing->front() & GzipBit) != 0) {
        return gunzipped(content, LongestCertificate);
    }
    return {content.begin(), content.end()};
}

Bytes cardHolderIdentifier(ByteView guid, TimePoint expires) {
    return joined({tlv(FascN, NonFederal), tlv(Guid, guid),
                   tlv(Expiry, bytesOf(toCompactDate(expires))), tlv(IssuerSignature, Bytes{}),
                   tlv(ErrorDetection, Bytes{})});
}

std::optional<Bytes> guidIn(ByteView cardHolderIdentifier) {
    const auto guid = iso7816::find(cardHolderIdentifier, Guid);
    if (!guid || guid->size() != GuidSize) return std::nullopt;
    if (std::ranges::all_of(*guid, [](auto octet) { return octet == 0; })) return std::nullopt;
    return Bytes{guid->begin(), guid->end()};
}

Bytes cardCapability(ByteView cardIdentifier) {
    // Registered application provider of GSC-IS, card type 02 "Java Card", then our own octets.
    Bytes identifier{0xA0, 0x00, 0x00, 0x01, 0x16, 0xFF, 0x02};
    identifier.insert(identifier.end(), cardIdentifier.begin(), cardIdentifier.end());
    const Bytes version{0x21};
    const Bytes dataModel{0x10};
    const Bytes noAccessRules{0x00};
    const Bytes none;
    return joined({tlv(0xF0, identifier), tlv(0xF1, version), tlv(0xF2, version), tlv(0xF3, none),
                   tlv(0xF4, noAccessRules), tlv(0xF5, dataModel), tlv(0xF6, none), tlv(0xF7, none),
                   tlv(0xFA, none), tlv(0xFB, none), tlv(0xFC, none), tlv(0xFD, none),
                   tlv(0xFE, none)});
}

}  // namespace zegel::piv
