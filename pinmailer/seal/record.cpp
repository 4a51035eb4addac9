#include "pinmailer/seal/record.h"

#include "drivers/base/failure.h"

#include <algorithm>
#include <array>
#include <utility>

namespace zegel::seal {
namespace {

using Fields = std::array<std::pair<record::Field, ByteView>, 7>;

ByteView viewOf(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

SecretBytes encoded(const Fields& fields) {
    std::size_t size = record::Mark.size();
    for (const auto& [field, octets] : fields) {
        if (octets.size() > 0xFFFF || (octets.empty() && field != record::Field::Puk)) {
            throw Failure{Fault::Defect, "a field of the sealed record is empty or too long"};
        }
        size += 3 + octets.size();
    }
    SecretBytes content{size};
    content.fill([&](std::span<std::uint8_t> out) {
        auto at = std::ranges::copy(record::Mark, out.begin()).out;
        for (const auto& [field, octets] : fields) {
            *at++ = static_cast<std::uint8_t>(field);
            *at++ = static_cast<std::uint8_t>(octets.size() >> 8U);
            *at++ = static_cast<std::uint8_t>(octets.size() & 0xFFU);
            at = std::ranges::copy(octets, at).out;
        }
    });
    return content;
}

}  // namespace

SecretBytes encodeRecord(const Codes& codes, const Bond& bond) {
    using record::Field;
    return codes.pin.disclose(Disclosure::ToSeal, [&](ByteView pin) {
        return codes.puk.disclose(Disclosure::ToSeal, [&](ByteView puk) {
            return codes.revocation.disclose(Disclosure::ToSeal, [&](ByteView revocation) {
                return encoded({{{Field::Order, viewOf(bond.order.value())},
                                 {Field::Chip, viewOf(bond.chip.value())},
                                 {Field::Certificate, viewOf(bond.certificate.value())},
                                 {Field::Letter, viewOf(bond.letter.value())},
                                 {Field::Pin, pin},
                                 {Field::Puk, puk},
                                 {Field::Revocation, revocation}}});
            });
        });
    });
}

}  // namespace zegel::seal
