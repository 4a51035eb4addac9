#pragma once

#include "pinmailer/press/print_room.h"
#include "pinmailer/seal/letter.h"
#include "pinmailer/seal/sealer.h"
#include "tests/unit/seal/made_identity.h"

#include <string>

namespace zegel::tests {

/// A station and a print room that know each other, made for one test run.
class MadeHouse {
public:
    explicit MadeHouse(const std::string& roomAlgorithm = "P-256",
                       const std::string& stationAlgorithm = "P-256");

    const MadeIdentity& room() const { return room_; }
    const MadeIdentity& station() const { return station_; }
    const seal::Sealer& sealer() const { return sealer_; }
    press::PrintRoomKey roomKey() const { return {room_.keyCopy(), room_.certificateCopy()}; }

    /// The letter with these codes sealed in it, as the station lays it out.
    Bytes letterFile(seal::ReleasedLetter letter, seal::Codes codes, const seal::Bond& bond) const;
    Bytes letterFile() const;

    /// Anything, signed by the station as a record of codes.
    Bytes signedAsCodes(ByteView content) const;
    /// The envelope inside a record of codes.
    Bytes envelopeIn(ByteView sealedCodes) const;

private:
    MadeIdentity room_;
    MadeIdentity station_;
    seal::Sealer sealer_;
};

seal::Codes madeCodes();
seal::Bond madeBond();
/// Without its codes; belongs to madeBond().
seal::ReleasedLetter madeLetter();

std::string shown(const SecretBytes& code);

}  // namespace zegel::tests
