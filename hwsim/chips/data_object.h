#pragma once

#include "drivers/base/bytes.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace zegel::hwsim {

/// One BER-TLV data object as a card reads it: tags of one to three octets, lengths of one to
/// three octets. The simulator's own reading, so that a driver's mistake is not shared.
/// Source: ISO/IEC 7816-4:2020, 6.3.
struct DataObject {
    std::uint32_t tag;
    ByteView value;  ///< into the octets that were read
};

/// All objects in a row; nothing when the octets do not end where the last one does.
std::optional<std::vector<DataObject>> readDataObjects(ByteView octets);

/// The value of the first object with this tag.
std::optional<ByteView> valueOf(const std::vector<DataObject>& objects, std::uint32_t tag);

/// Tag, shortest length, value.
void appendDataObject(Bytes& out, std::uint32_t tag, ByteView value);
Bytes dataObject(std::uint32_t tag, ByteView value);

}  // namespace zegel::hwsim
