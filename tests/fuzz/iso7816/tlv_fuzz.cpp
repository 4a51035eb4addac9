#include "drivers/iso7816/apdu.h"
#include "drivers/iso7816/atr.h"
#include "drivers/iso7816/tlv.h"

#include <algorithm>
#include <cstdlib>

namespace {

using zegel::ByteView;
using zegel::Failure;
namespace iso7816 = zegel::iso7816;

void check(bool holds) {
    if (!holds) std::abort();
}

/// Everything stays within what was read, and what is read is written the same again where its
/// length was the shortest.
void readTlv(ByteView octets) {
    iso7816::TlvReader reader{octets};
    while (const auto item = reader.next()) {
        const auto* begin = item->value.data();
        check(item->value.empty() || (begin >= octets.data() &&
                                      begin + item->value.size() <= octets.data() + octets.size()));
        const auto written = iso7816::tlv(item->tag, item->value);
        const auto again = iso7816::TlvReader{written}.next();
        check(again && again->tag == item->tag && std::ranges::equal(again->value, item->value));
    }
}

void readCommand(ByteView octets) {
    const auto command = iso7816::CommandApdu::decoded(octets);
    (void)iso7816::describe(command);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const ByteView input{octets, size};
    (void)iso7816::parseAtr(input);
    for (auto* read : {&readTlv, &readCommand}) {
        try {
            read(input);
        } catch (const Failure&) {
            continue;
        }
    }
    return 0;
}
