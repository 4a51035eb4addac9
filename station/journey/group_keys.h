#pragma once

#include "cardprofiles/profile.h"
#include "drivers/base/openssl.h"
#include "drivers/base/secret.h"
#include "drivers/pkcs11/token_wrap_key.h"
#include "station/ledger/ledger.h"

#include <filesystem>
#include <functional>
#include <optional>

namespace zegel::station {

/// A key pair made by the station for import: confidentiality only.
struct StationKey {
    SecretBytes pkcs8;  ///< PrivateKeyInfo, DER
    openssl::PkeyPtr key;
};

/// Errors: Defect.
StationKey makeStationKey(KeyAlgorithm algorithm);
StationKey stationKeyOf(SecretBytes pkcs8);

/// Makes the confidentiality keys that the station imports. A key that a group shares is kept
/// wrapped until the group's last open order is done; its escrow copy, sealed to the recovery
/// certificate, stays.
class GroupKeys {
public:
    using Maker = std::function<StationKey(KeyAlgorithm)>;

    /// `escrowFolder`: every escrow copy is laid there as well, named after its key.
    /// `make`: where fresh keys come from; one that was made ahead spares the card the wait.
    GroupKeys(Ledger& ledger, pkcs11::TokenWrapKey& wrap, const X509* recoveryCertificate,
              std::filesystem::path escrowFolder, Maker make = makeStationKey)
        : ledger_(ledger),
          wrap_(wrap),
          recovery_(recoveryCertificate),
          escrowFolder_(std::move(escrowFolder)),
          make_(std::move(make)) {}

    /// That a key kept from an earlier card is of the kind the profile asks for today.
    /// Errors: OrderUnusable naming the group, TokenUnavailable.
    void expectFitting(const Order& order, const cardprofiles::KeyRule& rule);

    /// Errors: as above, and SettingUnusable (escrow asked for and no recovery certificate).
    StationKey keyFor(const Order& order, const cardprofiles::KeyRule& rule);

private:
    std::optional<StationKey> keptFor(const std::string& group, const Order& order,
                                      const cardprofiles::KeyRule& rule);
    StationKey keep(StationKey fresh, const std::string& group, const Order& order, bool escrow);

    Ledger& ledger_;
    pkcs11::TokenWrapKey& wrap_;
    const X509* recovery_;
    std::filesystem::path escrowFolder_;
    Maker make_;
};

}  // namespace zegel::station
