#include "hwsim/authority/certificate_profile.h"

#include <algorithm>
#include <array>

namespace zegel::hwsim {

namespace {

// Policies: the profile's own under the trial arc, and NCP of ETSI EN 319 411-1.
constexpr std::array Profiles{
    CertificateProfile{"legal-person-authenticity", "digitalSignature", "digitalSignature",
                       "1.3.6.1.4.1.311.10.3.12,1.3.6.1.5.5.7.3.36",
                       "2.16.528.1.1003.1.2.41.16.25.4,0.4.0.2042.1.1", 1095},
    CertificateProfile{"legal-person-authentication", "digitalSignature", "digitalSignature",
                       "1.3.6.1.5.5.7.3.2", "2.16.528.1.1003.1.2.41.16.25.8,0.4.0.2042.1.1", 1095},
    CertificateProfile{"legal-person-confidentiality", "keyEncipherment,dataEncipherment",
                       "keyAgreement", "1.3.6.1.4.1.311.10.3.4",
                       "2.16.528.1.1003.1.2.41.16.25.7,0.4.0.2042.1.1", 1095},
};

}  // namespace

std::span<const CertificateProfile> certificateProfiles() noexcept {
    return Profiles;
}

const CertificateProfile* certificateProfileNamed(std::string_view name) noexcept {
    const auto found = std::ranges::find(Profiles, name, &CertificateProfile::name);
    return found == Profiles.end() ? nullptr : &*found;
}

}  // namespace zegel::hwsim
