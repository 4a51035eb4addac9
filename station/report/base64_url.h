#pragma once

#include "drivers/base/bytes.h"

#include <string>

namespace zegel::station {

/// Without padding. Source: RFC 4648, 5; RFC 7515, 2.
std::string base64Url(ByteView octets);

}  // namespace zegel::station
