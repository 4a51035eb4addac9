#pragma once

#include "drivers/base/bytes.h"

#include <cups/ipp.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace zegel::press {

struct FreeIpp {
    void operator()(ipp_t* message) const noexcept { ippDelete(message); }
};
using IppPtr = std::unique_ptr<ipp_t, FreeIpp>;

/// A request that names the printer and who asks. Source: RFC 8011, 4.1.
IppPtr requestFor(ipp_op_t operation, const std::string& printerUri);

/// As it goes over the wire, without a document behind. Source: RFC 8010, 3.
Bytes encode(ipp_t& message);

/// Nothing when it is no IPP message.
IppPtr decodeIpp(ByteView octets);

/// Every value of a keyword, name or text attribute; empty when it is not there.
std::vector<std::string> wordsIn(ipp_t& message, const char* attribute);

/// Of an integer or enum attribute; nothing when it is not there or has no value.
std::optional<int> numberIn(ipp_t& message, const char* attribute);

}  // namespace zegel::press
