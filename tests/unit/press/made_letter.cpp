#include "tests/unit/press/made_letter.h"

#include "pinmailer/press/opening.h"
#include "pinmailer/seal/envelope.h"
#include "pinmailer/seal/record.h"

#include <utility>

namespace zegel::tests {
namespace {

seal::Sealer sealerOf(const MadeIdentity& room, const MadeIdentity& station) {
    std::vector<openssl::CertificatePtr> recipients;
    recipients.push_back(room.certificateCopy());
    return {std::move(recipients), station.certificateCopy(), station.keyCopy(),
            SystemClock{}.now()};
}

}  // namespace

MadeHouse::MadeHouse(const std::string& roomAlgorithm, const std::string& stationAlgorithm)
    : room_(makeIdentity({.algorithm = roomAlgorithm})),
      station_(makeIdentity({.algorithm = stationAlgorithm, .commonName = "station"})),
      sealer_(sealerOf(room_, station_)) {}

Bytes MadeHouse::letterFile(seal::ReleasedLetter letter, seal::Codes codes,
                            const seal::Bond& bond) const {
    const auto sealed = sealer_.seal(std::move(codes), bond);
    letter.sealedCodes.assign(sealed.der().begin(), sealed.der().end());
    return sealer_.sign(seal::encode(letter));
}

Bytes MadeHouse::letterFile() const {
    return letterFile(madeLetter(), madeCodes(), madeBond());
}

Bytes MadeHouse::signedAsCodes(ByteView content) const {
    return seal::signRecord(content, seal::ContentType::SealedCodes, *station_.certificate,
                            *station_.key);
}

Bytes MadeHouse::envelopeIn(ByteView sealedCodes) const {
    return press::verifySigned(sealedCodes, seal::ContentType::SealedCodes, *station_.certificate);
}

seal::Codes madeCodes() {
    return {secretOf(bytesOf("073915")), secretOf(bytesOf("90124876")),
            secretOf(bytesOf("ABCDEFGHJKM6"))};
}

seal::Bond madeBond() {
    return {OrderId{"2026-000123"}, ChipSerial{"piv-00A1B2C3"},
            CertificateNumber{"ZGL-26-000012-4"}, LetterId{"7f3a9c"}};
}

seal::ReleasedLetter madeLetter() {
    seal::ReleasedLetter letter;
    letter.letter = LetterId{"7f3a9c"};
    letter.templateName = "pin-letter";
    letter.language = "nl";
    letter.address = {"Gemeente Grootveen", "Afdeling Burgerzaken", "Mevrouw Y. van den Brink",
                      "Stationsplein 12", "1234 AB  GROOTVEEN"};
    letter.organisation = "Gemeente Grootveen";
    letter.certificateName = "Burgerzaken balie";
    letter.certificateNumberEnd = "12-4";
    letter.orderReference = "2026-000123";
    letter.carrier = "smart-card";
    letter.pinTries = 3;
    letter.pukTries = 5;
    letter.releasedAt = TimePoint{std::chrono::seconds{1795253400}};
    letter.releasedBy = "receipt of 2026-11-21";
    return letter;
}

std::string shown(const SecretBytes& code) {
    return code.disclose(Disclosure::ToCheck, [](ByteView octets) { return textOf(octets); });
}

}  // namespace zegel::tests
