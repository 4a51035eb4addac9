#pragma once

#include <span>
#include <string_view>

namespace zegel::hwsim {

/// What the simulated CA puts into a certificate, by the name that clients ask for.
/// Source: PKIoverheid G4 trial hierarchy, legal persons, organisation validated.
struct CertificateProfile {
    std::string_view name;
    std::string_view keyUsageOfRsa;  ///< OpenSSL's names
    std::string_view keyUsageOfEc;
    std::string_view extendedKeyUsage;  ///< dotted, separated by commas
    std::string_view policies;          ///< dotted, separated by commas
    int days;
};

std::span<const CertificateProfile> certificateProfiles() noexcept;

/// Null when the CA has no such profile.
const CertificateProfile* certificateProfileNamed(std::string_view name) noexcept;

}  // namespace zegel::hwsim
