#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/openssl.h"

#include <string>

namespace zegel::openssl {

/// Hexadecimal, upper case, two digits an octet.
std::string serialOf(const X509& certificate);

/// Midnight of 1970 for one that cannot be read.
TimePoint notBeforeOf(const X509& certificate);
TimePoint notAfterOf(const X509& certificate);

/// Whether the certificate holds the very key that asked. Errors: `fault` when either cannot be
/// read.
bool holdsKeyOf(const X509& certificate, ByteView request, Fault fault = Fault::Defect);

}  // namespace zegel::openssl
