#pragma once

#include "drivers/base/openssl.h"
#include "pinmailer/press/print_room.h"
#include "pinmailer/seal/codes.h"
#include "pinmailer/seal/letter.h"
#include "pinmailer/seal/sealer.h"

#include <span>

namespace zegel::press {

/// What the station signed, once its signature holds: exactly one signer, the pinned certificate
/// and no other, SHA-256 or better, over exactly this `contentType` (seal::ContentType).
/// Errors: SealBroken naming what does not hold.
Bytes verifySigned(ByteView der, const char* contentType, const X509& station);

/// What was sealed, out of its envelope.
struct OpenedRecord {
    seal::Codes codes;
    seal::Bond bond;
};

/// Opens a record with the one of the print room's keys that it names: signature, form, tag and
/// content are all checked before a code comes out. Errors: SealBroken naming what does not hold,
/// or that the record is for none of these keys; TokenUnavailable when the token did not do it.
OpenedRecord openRecord(ByteView sealed, std::span<const PrintRoomKey> keys, const X509& station);
OpenedRecord openRecord(ByteView sealed, const PrintRoomKey& key, const X509& station);

/// A released letter and the codes that belong on it.
struct OpenedLetter {
    seal::ReleasedLetter letter;
    seal::Codes codes;
};

/// Reads a letter file. Errors: SealBroken when the signature, the text, the seal or the bond
/// between letter and codes does not hold; the message names which; TokenUnavailable.
OpenedLetter openLetter(ByteView file, std::span<const PrintRoomKey> keys, const X509& station);
OpenedLetter openLetter(ByteView file, const PrintRoomKey& key, const X509& station);

/// The letter without its codes, the signature checked. Errors: SealBroken.
seal::ReleasedLetter readLetter(ByteView file, const X509& station);

/// The letter without its codes and WITHOUT checking who signed it: only to look at.
/// Errors: SealBroken when it is no letter at all.
seal::ReleasedLetter readUncheckedLetter(ByteView file);

}  // namespace zegel::press
