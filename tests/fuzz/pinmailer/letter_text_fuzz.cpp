#include "pinmailer/seal/letter.h"

#include <cstdlib>

// What decodes must be spelled as encode would spell it: one text for each letter.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    try {
        const auto letter = zegel::seal::decodeReleasedLetter({octets, size});
        if (zegel::seal::encode(letter) != zegel::Bytes(octets, octets + size)) std::abort();
    } catch (const zegel::Failure& failure) {
        if (failure.fault() != zegel::Fault::SealBroken) std::abort();
    }
    return 0;
}
