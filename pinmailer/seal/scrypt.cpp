#include "pinmailer/seal/scrypt.h"

#include "drivers/base/openssl.h"

namespace zegel::seal {
namespace {

constexpr std::uint64_t MostMemory = 65U << 20U;  // OpenSSL counts its small change on top

}  // namespace

Bytes scrypt(const SecretBytes& password, ByteView salt, const ScryptCost& cost,
             std::size_t octets) {
    Bytes hash(octets);
    const bool done = password.disclose(Disclosure::ToCipher, [&](ByteView secret) {
        // A null pointer would mean "only check the cost", also for an empty password.
        const auto* text = secret.empty() ? "" : reinterpret_cast<const char*>(secret.data());
        return EVP_PBE_scrypt(text, secret.size(), salt.data(), salt.size(), cost.n, cost.r, cost.p,
                              MostMemory, hash.data(), hash.size()) == 1;
    });
    openssl::expect(done, Fault::Defect, "scrypt");
    return hash;
}

}  // namespace zegel::seal
