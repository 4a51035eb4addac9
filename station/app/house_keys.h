#pragma once

#include "config/settings.h"
#include "drivers/pkcs11/token.h"
#include "drivers/pkcs11/token_cmac_key.h"
#include "drivers/pkcs11/token_wrap_key.h"
#include "pinmailer/seal/sealer.h"
#include "station/authority/cmp_authority.h"
#include "station/journey/attestation.h"
#include "station/report/event_signer.h"

#include <memory>
#include <string>
#include <vector>

namespace zegel::station {

/// Opens the token of the house with the PIN from its file. Errors: SettingUnusable,
/// TokenUnavailable.
std::shared_ptr<pkcs11::Token> openToken(const config::TokenSettings& settings);

/// The makers whose chips' attestation is believed. Errors: SettingUnusable.
AttestationRoots attestationRootsOf(const config::ChipSettings& settings);

/// Of the CA, all that the settings name. Errors: SettingUnusable.
std::vector<openssl::CertificatePtr> caCertificatesOf(const config::AuthoritySettings& settings);

/// The CA's client, signing with the registration authority's key in the token.
AuthoritySettings authorityOf(const config::AuthoritySettings& settings,
                              std::shared_ptr<pkcs11::Token> token);

/// Seals to the print room, signing with the station's key in the token.
std::unique_ptr<seal::Sealer> sealerOf(const config::SealSettings& settings,
                                       std::shared_ptr<pkcs11::Token> token, TimePoint now);

/// Signs what the order system is told, with the key in the token.
EventSigner eventSignerOf(const config::OrdersSettings& settings,
                          std::shared_ptr<pkcs11::Token> token);

/// Makes what a new house lacks: the token (with PINs in files for their owner only), its keys, and
/// self-signed certificates over those that sign: of the registration authority, the seal and,
/// where the settings tell events to an order system, the events. Leaves what is there alone. Gives
/// what was made, a line each. Errors: SettingUnusable, TokenUnavailable.
std::vector<std::string> makeHouse(const config::Settings& settings, const std::string& country,
                                   const std::string& organisation);

}  // namespace zegel::station
