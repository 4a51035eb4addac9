#pragma once

#include "pinmailer/press/opening.h"

namespace zegel::press {

/// Reads the sealed content (seal/record.h), strictly: every field once, in order, nothing else;
/// a PIN of 4 to 12 digits, a PUK of as many or none, a revocation code whose check symbol holds.
/// Errors: SealBroken naming the field.
OpenedRecord decodeRecord(const SecretBytes& content);

}  // namespace zegel::press
