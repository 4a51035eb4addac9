#include "drivers/iso7816/tlv.h"

#include "drivers/base/hex.h"

#include <algorithm>
#include <array>
#include <string>

namespace zegel::iso7816 {
namespace {

constexpr std::size_t LongestTag = 3;
constexpr std::size_t LongestValue = 0xFFFFFF;

Failure broken(const char* why) {
    return Failure{Fault::CardUntrusted, std::string{"the chip's answer is not BER-TLV: "} + why};
}

std::uint8_t takeOctet(ByteView& rest, const char* why) {
    if (rest.empty()) throw broken(why);
    const auto octet = rest.front();
    rest = rest.subspan(1);
    return octet;
}

Tag takeTag(ByteView& rest) {
    Tag tag = takeOctet(rest, "no tag");
    if (tag == 0x00) throw broken("tag 00");
    if ((tag & 0x1FU) != 0x1FU) return tag;
    for (std::size_t count = 2; count <= LongestTag; ++count) {
        const auto octet = takeOctet(rest, "a tag is cut short");
        tag = tag << 8U | octet;
        if ((octet & 0x80U) == 0) return tag;
    }
    throw broken("a tag of more than three octets");
}

std::size_t takeLength(ByteView& rest) {
    const std::size_t first = takeOctet(rest, "no length");
    if (first < 0x80) return first;
    if (first == 0x80) throw broken("an indefinite length");
    if (first > 0x83) throw broken("a length of more than three octets");
    std::size_t length = 0;
    for (std::size_t count = first & 0x7FU; count > 0; --count) {
        length = length << 8U | takeOctet(rest, "a length is cut short");
    }
    return length;
}

std::size_t sizeOf(Tag tag) {
    const std::size_t size = tag > 0xFFFF ? 3 : tag > 0xFF ? 2 : 1;
    if (tag == 0 || tag > 0xFFFFFF) throw Failure{Fault::Defect, "not a BER tag"};
    return size;
}

std::size_t lengthSize(std::size_t valueSize) {
    if (valueSize > LongestValue) throw Failure{Fault::Defect, "a TLV value exceeds 2^24 - 1"};
    if (valueSize < 0x80) return 1;
    return valueSize > 0xFFFF ? 4 : valueSize > 0xFF ? 3 : 2;
}

std::string hexOf(Tag tag) {
    const std::array<std::uint8_t, 3> octets{static_cast<std::uint8_t>(tag >> 16U),
                                             static_cast<std::uint8_t>(tag >> 8U),
                                             static_cast<std::uint8_t>(tag)};
    return toHex(ByteView{octets}.last(sizeOf(tag)));
}

}  // namespace

std::optional<Tlv> TlvReader::next() {
    if (rest_.empty()) return std::nullopt;
    const auto tag = takeTag(rest_);
    const auto length = takeLength(rest_);
    if (length > rest_.size()) throw broken("a value is cut short");
    const auto value = rest_.first(length);
    rest_ = rest_.subspan(length);
    return Tlv{tag, value};
}

std::optional<ByteView> find(ByteView objects, Tag tag) {
    TlvReader reader{objects};
    while (const auto object = reader.next()) {
        if (object->tag == tag) return object->value;
    }
    return std::nullopt;
}

ByteView require(ByteView objects, std::initializer_list<Tag> path, std::string_view what) {
    for (const auto tag : path) {
        const auto value = find(objects, tag);
        if (!value) {
            throw Failure{Fault::CardUntrusted,
                          "the chip's " + std::string{what} + " lacks data object " + hexOf(tag)};
        }
        objects = *value;
    }
    return objects;
}

std::size_t tlvSize(Tag tag, std::size_t valueSize) {
    return sizeOf(tag) + lengthSize(valueSize) + valueSize;
}

std::span<std::uint8_t> TlvWriter::take(std::size_t count) {
    if (count > rest_.size()) throw Failure{Fault::Defect, "no room for a TLV object"};
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
}

void TlvWriter::octet(std::uint8_t value) {
    take(1).front() = value;
}

void TlvWriter::raw(ByteView octets) {
    std::ranges::copy(octets, take(octets.size()).begin());
}

void TlvWriter::open(Tag tag, std::size_t valueSize) {
    for (auto left = sizeOf(tag); left > 0; --left) {
        octet(static_cast<std::uint8_t>(tag >> 8U * (left - 1)));
    }
    const auto octets = lengthSize(valueSize);
    if (octets > 1) octet(static_cast<std::uint8_t>(0x80U | (octets - 1)));
    for (auto left = octets > 1 ? octets - 1 : 1; left > 0; --left) {
        octet(static_cast<std::uint8_t>(valueSize >> 8U * (left - 1)));
    }
}

std::span<std::uint8_t> TlvWriter::room(Tag tag, std::size_t valueSize) {
    open(tag, valueSize);
    return take(valueSize);
}

void TlvWriter::put(Tag tag, ByteView value) {
    open(tag, value.size());
    raw(value);
}

Bytes tlv(Tag tag, ByteView value) {
    return tlv(tag, {value});
}

Bytes tlv(Tag tag, std::initializer_list<ByteView> parts) {
    std::size_t size = 0;
    for (const auto part : parts)
        size += part.size();
    Bytes octets(tlvSize(tag, size));
    TlvWriter writer{octets};
    writer.open(tag, size);
    for (const auto part : parts)
        writer.raw(part);
    return octets;
}

}  // namespace zegel::iso7816
