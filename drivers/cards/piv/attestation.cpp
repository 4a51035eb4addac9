#include "drivers/cards/piv/attestation.h"

#include "drivers/base/openssl.h"

namespace zegel::piv {
namespace {

using ObjectPtr = std::unique_ptr<ASN1_OBJECT, openssl::Freed<ASN1_OBJECT_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, openssl::Freed<ASN1_INTEGER_free>>;

constexpr std::size_t SerialSize = 4;

constexpr std::uint8_t SlotsOwnPolicy = 0;  // as an applet may write it
constexpr std::uint8_t PinOnce = 2;
constexpr std::uint8_t PinAlways = 3;
constexpr std::uint8_t TouchNever = 1;

Failure broken(const std::string& what) {
    return Failure{Fault::CardUntrusted, "the chip's attestation " + what + "; reject the card"};
}

/// What stands in the extension's OCTET STRING.
std::optional<Bytes> extension(const X509& certificate, const char* identifier) {
    const ObjectPtr object{OBJ_txt2obj(identifier, 1)};
    const int at = X509_get_ext_by_OBJ(&certificate, object.get(), -1);
    if (at < 0) return std::nullopt;
    const auto* content = X509_EXTENSION_get_data(X509_get_ext(&certificate, at));
    const auto* octets = ASN1_STRING_get0_data(content);
    return Bytes{octets, octets + ASN1_STRING_length(content)};
}

Bytes serialFrom(const Bytes& der) {
    const auto* at = der.data();
    const IntegerPtr integer{d2i_ASN1_INTEGER(nullptr, &at, static_cast<long>(der.size()))};
    std::uint64_t number = 0;
    const bool fits = integer && at == der.data() + der.size() &&
                      ASN1_INTEGER_get_uint64(&number, integer.get()) == 1 && number <= 0xFFFFFFFF;
    openssl::takeErrors();
    if (!fits) throw broken("tells a serial number that is none");
    Bytes octets(SerialSize);
    for (std::size_t place = 0; place < SerialSize; ++place)
        octets[place] = static_cast<std::uint8_t>(number >> (8 * (SerialSize - 1 - place)));
    return octets;
}

}  // namespace

Statement statementIn(ByteView certificate) {
    const auto x509 = openssl::certificateFromDer(certificate, Fault::CardUntrusted);
    Statement statement;
    statement.firmware = extension(*x509, "1.3.6.1.4.1.41482.3.3");
    if (statement.firmware && statement.firmware->size() != 3) {
        throw broken("tells a version that is none");
    }
    if (const auto serial = extension(*x509, "1.3.6.1.4.1.41482.3.7")) {
        statement.serial = serialFrom(*serial);
    }
    if (const auto policies = extension(*x509, "1.3.6.1.4.1.41482.3.8")) {
        if (policies->size() != 2) throw broken("tells policies that are none");
        statement.pinPolicy = policies->at(0);
        statement.touchPolicy = policies->at(1);
    }
    return statement;
}

std::string contradictionIn(const Statement& statement, Slot slot,
                            const std::optional<Version>& version,
                            const std::optional<Bytes>& serial) {
    if (statement.serial && serial && *statement.serial != *serial) {
        return "is about a chip with another serial number";
    }
    if (statement.firmware && version) {
        const auto& told = *statement.firmware;
        if (Version{told[0], told[1], told[2]} != *version) {
            return "is about a chip with another firmware";
        }
    }
    const auto wanted = slot == Slot::Signature ? PinAlways : PinOnce;
    const auto pin = statement.pinPolicy.value_or(wanted);
    if (pin != wanted && pin != SlotsOwnPolicy) {
        return "says that the key does not ask for the PIN as its slot does";
    }
    const auto touch = statement.touchPolicy.value_or(TouchNever);
    if (touch != TouchNever && touch != SlotsOwnPolicy) {
        return "says that the key asks for a touch";
    }
    return {};
}

}  // namespace zegel::piv
