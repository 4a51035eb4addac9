#pragma once

#include "drivers/base/bytes.h"

#include <optional>

namespace zegel::drivers {

/// The control code of a feature in a reader's answer to CM_IOCTL_GET_FEATURE_REQUEST (PC/SC part
/// 10, 2.2): tag, length 4, code in big-endian. Nothing when it is not there.
std::optional<std::uint32_t> featureCode(ByteView features, std::uint8_t feature);

/// A number in a reader's answer to GET_TLV_PROPERTIES (PC/SC part 10, 2.6.14): tag, length, value
/// in little-endian. Nothing when it is not there, or longer than four octets.
std::optional<std::uint32_t> readerProperty(ByteView properties, std::uint8_t property);

}  // namespace zegel::drivers
