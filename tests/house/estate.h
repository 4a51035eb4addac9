#pragma once

#include "drivers/base/openssl.h"
#include "drivers/pkcs11/token.h"

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace zegel::tests {

namespace fs = std::filesystem;

/// What outlives a station's process: the token with the house's keys, its certificates, the print
/// room's key, and where the ledger and the CA are.
struct Estate {
    fs::path folder;                    ///< ledger, escrow copies and letters
    fs::path authorityFolder;           ///< of the simulated CA
    std::string authorityUrl;           ///< where it answers; empty until it does
    std::set<std::string> othersValid;  ///< serials that it held for valid before: other houses'

    std::shared_ptr<pkcs11::Token> token;
    std::shared_ptr<X509> registration;
    std::shared_ptr<X509> seal;
    std::shared_ptr<X509> recovery;
    std::shared_ptr<X509> printRoom;
    std::shared_ptr<EVP_PKEY> recoveryKey;
    std::shared_ptr<EVP_PKEY> printRoomKey;

    fs::path registrationFile() const { return authorityFolder / "registration.pem"; }
    /// Serials of the certificates that the CA holds for valid, as its own list tells them.
    std::vector<std::string> validAtAuthority() const;
};

/// What a simulated server on loopback answers to GET.
std::string fetched(const std::string& url);

/// A folder for a test to remove.
fs::path temporaryFolder();

/// Keys and certificates of a new house, in a folder that is there. Starts no thread.
Estate newEstate(const fs::path& folder);

}  // namespace zegel::tests
