#include "pinmailer/press/sealed_record.h"

#include "pinmailer/seal/printable.h"
#include "pinmailer/seal/record.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace zegel::press {
namespace {

using seal::record::Field;

constexpr std::size_t LongestId = 256;

[[noreturn]] void refuse(std::string_view field, const std::string& why) {
    throw Failure{Fault::SealBroken, "the sealed " + std::string{field} + " " + why};
}

/// Reads fields in order out of the disclosed content; keeps nothing.
class Fields {
public:
    explicit Fields(ByteView content) : rest_(content) {
        const auto& mark = seal::record::Mark;
        if (rest_.size() < mark.size() ||
            !std::ranges::equal(rest_.first(mark.size()), mark, {}, {},
                                [](char octet) { return static_cast<std::uint8_t>(octet); })) {
            refuse("content", "is not a record of codes");
        }
        rest_ = rest_.subspan(mark.size());
    }

    ByteView take(Field field, std::string_view name) {
        if (rest_.size() < 3 || rest_[0] != static_cast<std::uint8_t>(field)) {
            refuse(name, "is missing");
        }
        const std::size_t size = static_cast<std::size_t>(rest_[1]) << 8U | rest_[2];
        if (rest_.size() - 3 < size) refuse(name, "is cut off");
        const auto octets = rest_.subspan(3, size);
        rest_ = rest_.subspan(3 + size);
        return octets;
    }

    std::string takeId(Field field, std::string_view name) {
        auto id = textOf(take(field, name));
        const auto fault = seal::faultOfLine(id, LongestId);
        if (!fault.empty()) refuse(name, fault);
        return id;
    }

    SecretBytes takeDigits(Field field, std::string_view name) {
        const auto digits = take(field, name);
        const bool all = std::ranges::all_of(
            digits, [](std::uint8_t octet) { return octet >= '0' && octet <= '9'; });
        if (!all || digits.size() < 4 || digits.size() > 12) refuse(name, "is not 4 to 12 digits");
        return secretOf(digits);
    }

    bool nextIsEmpty() const { return rest_.size() >= 3 && rest_[1] == 0 && rest_[2] == 0; }

    SecretBytes takeRevocation() {
        auto code = secretOf(take(Field::Revocation, "revocation code"));
        const bool whole = code.disclose(Disclosure::ToCheck, [](ByteView symbols) {
            return std::ranges::none_of(symbols, [](auto octet) {
                return octet == ' ' || octet == '-' || (octet >= 'a' && octet <= 'z');
            });
        });
        if (!whole || !seal::looksLikeRevocation(code)) {
            refuse("revocation code", "is not one of ours");
        }
        return code;
    }

    void expectEnd() const {
        if (!rest_.empty()) refuse("content", "does not end after its last field");
    }

private:
    ByteView rest_;
};

}  // namespace

OpenedRecord decodeRecord(const SecretBytes& content) {
    return content.disclose(Disclosure::ToPaper, [](ByteView octets) {
        Fields fields{octets};
        OpenedRecord record;
        record.bond.order = OrderId{fields.takeId(Field::Order, "order")};
        record.bond.chip = ChipSerial{fields.takeId(Field::Chip, "chip serial")};
        record.bond.certificate =
            CertificateNumber{fields.takeId(Field::Certificate, "certificate number")};
        record.bond.letter = LetterId{fields.takeId(Field::Letter, "letter id")};
        record.codes.pin = fields.takeDigits(Field::Pin, "PIN");
        if (fields.nextIsEmpty()) {
            fields.take(Field::Puk, "PUK");
        } else {
            record.codes.puk = fields.takeDigits(Field::Puk, "PUK");
        }
        record.codes.revocation = fields.takeRevocation();
        fields.expectEnd();
        return record;
    });
}

}  // namespace zegel::press
