#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/failure.h"

#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace zegel::iso7816 {

/// A BER tag as it is written, one to three octets in one number: 0x53, 0x7F49, 0x5FC105.
using Tag = std::uint32_t;

/// One data object. The value points into what was read.
struct Tlv {
    Tag tag;
    ByteView value;
};

/// Reads BER-TLV data objects that stand side by side (ISO/IEC 7816-4:2020, 5.2.2; X.690, 8.1).
/// What comes from a chip is hostile until proved: definite lengths of at most three octets after
/// the first, tags of at most three octets, nothing beyond the view, no recursion. Lengths longer
/// than they need be are taken, because chips write them. To go down, read the value.
class TlvReader {
public:
    explicit TlvReader(ByteView objects) noexcept : rest_(objects) {}

    /// Nothing at the end. Errors: CardUntrusted when the octets are not BER-TLV.
    std::optional<Tlv> next();

private:
    ByteView rest_;
};

/// The first object with this tag at this level. Errors: CardUntrusted when the octets up to it
/// are not BER-TLV.
std::optional<ByteView> find(ByteView objects, Tag tag);

/// The object at the end of a path of tags, each inside the one before.
/// Errors: CardUntrusted naming the missing tag and `what` was read.
ByteView require(ByteView objects, std::initializer_list<Tag> path, std::string_view what);

/// Octets that one object takes with a value of this many octets.
/// Errors: Defect above 2^24 - 1, or when the tag is no tag.
std::size_t tlvSize(Tag tag, std::size_t valueSize);

/// Writes objects one after another into octets that are already there, so that a template with a
/// key in it can be written straight into a SecretBytes of the exact size. Shortest lengths.
///
/// Errors of every verb: Defect when there is no room left.
class TlvWriter {
public:
    explicit TlvWriter(std::span<std::uint8_t> out) noexcept : rest_(out) {}

    /// One whole object.
    void put(Tag tag, ByteView value);
    /// Tag and length only; the value, `valueSize` octets, is whatever is put next.
    void open(Tag tag, std::size_t valueSize);
    /// Tag and length; the value's room, to be filled by the caller.
    std::span<std::uint8_t> room(Tag tag, std::size_t valueSize);
    /// Octets as they are.
    void raw(ByteView octets);

    /// Whether every octet has been written.
    bool full() const noexcept { return rest_.empty(); }

private:
    std::span<std::uint8_t> take(std::size_t count);
    void octet(std::uint8_t value);

    std::span<std::uint8_t> rest_;
};

/// One object, for what is no secret.
Bytes tlv(Tag tag, ByteView value);
/// One constructed object around others, for what is no secret.
Bytes tlv(Tag tag, std::initializer_list<ByteView> parts);

}  // namespace zegel::iso7816
