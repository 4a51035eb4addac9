#include "pinmailer/press/envelope_form.h"
#include "pinmailer/press/opening.h"
#include "pinmailer/press/sealed_record.h"

#include <cstdlib>

// The readers of the print room, from the outermost to the innermost.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    using namespace zegel;
    const ByteView input{octets, size};
    const auto expectOnlySealBroken = [](auto&& read) {
        try {
            read();
        } catch (const Failure& failure) {
            if (failure.fault() != Fault::SealBroken) std::abort();
        }
    };
    expectOnlySealBroken([&] { press::readUncheckedLetter(input); });
    expectOnlySealBroken([&] {
        // What is sealed cannot be more than what it is sealed in.
        if (press::expectEnvelopeForm(input) >= size) std::abort();
    });
    expectOnlySealBroken([&] { press::decodeRecord(secretOf(input)); });
    return 0;
}
