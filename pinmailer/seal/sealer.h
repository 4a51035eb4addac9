#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/ids.h"
#include "drivers/base/openssl.h"
#include "pinmailer/seal/codes.h"

#include <string>
#include <vector>

namespace zegel::seal {

/// Stands inside the sealed content, so that a record cannot be swapped into another letter.
struct Bond {
    OrderId order;
    ChipSerial chip;
    CertificateNumber certificate;
    LetterId letter;
};

/// Codes that only the print room can read: CMS AuthEnvelopedData (AES-256-GCM, RFC 5083/5084) to
/// every print-room certificate, inside CMS SignedData by the station. DER. There is no `open`:
/// that lives in pinmailer/press, which the station never links.
class SealedCodes {
public:
    ByteView der() const noexcept { return der_; }

    /// A record that comes back from the ledger.
    static SealedCodes fromLedger(Bytes der) { return SealedCodes{std::move(der)}; }

private:
    friend class Sealer;
    explicit SealedCodes(Bytes der) : der_(std::move(der)) {}
    Bytes der_;
};

/// Seals codes, letters and escrow copies. One per station; safe for several threads at once as
/// far as the signing key is.
class Sealer {
public:
    /// `recipients`: RSA (OAEP, SHA-256) or EC (ECDH) certificates of the print room. `signer` may
    /// live in a PKCS#11 token. Errors: SettingUnusable when a certificate is expired or unfit.
    Sealer(std::vector<openssl::CertificatePtr> recipients,
           openssl::CertificatePtr signerCertificate, openssl::PkeyPtr signerKey, TimePoint now);

    /// Consumes and wipes the codes. Errors: Defect when sealing fails.
    SealedCodes seal(Codes&& codes, const Bond& bond) const;

    /// Signs a released letter (letter.h) around its sealed codes. DER of SignedData.
    Bytes sign(ByteView content) const;

    /// Signs a note (note.h). DER of SignedData.
    Bytes signNote(ByteView content) const;

    /// Signs plain text of the station, such as the head of its audit chain: SignedData in DER
    /// around id-data, without certificates ("openssl cms -verify -inform der -certfile …").
    Bytes signText(ByteView text) const;

private:
    std::vector<openssl::CertificatePtr> recipients_;
    openssl::CertificatePtr signerCertificate_;
    openssl::PkeyPtr signerKey_;
};

/// A private key (PKCS#8) sealed to one recovery certificate: AuthEnvelopedData in DER.
/// Errors: Defect when sealing fails.
Bytes sealForRecovery(const SecretBytes& pkcs8, const X509& recoveryCertificate);

}  // namespace zegel::seal
