#pragma once

#include "pinmailer/press/printing/printer.h"

#include <string>

namespace zegel::press {

/// The HTTP address behind an ipp or ipps one; 631 where no port is named (RFC 3510, RFC 7472).
/// ipp is for this machine alone, unless the address says that codes may go in the clear.
/// Errors: SettingUnusable saying what the address lacks.
std::string httpOf(const PrinterAddress& address);

}  // namespace zegel::press
