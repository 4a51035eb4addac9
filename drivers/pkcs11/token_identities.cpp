#include "drivers/pkcs11/token_identities.h"

#include "drivers/pkcs11/openssl_methods.h"
#include "drivers/pkcs11/public_part.h"

#include <algorithm>
#include <string>

namespace zegel::pkcs11 {

namespace {

struct PrivateKey {
    std::string label;
    Bytes id;
    openssl::PkeyPtr publicPart;
};

/// Keys of kinds that open nothing of ours are passed over.
std::vector<PrivateKey> privateKeysIn(Session& session, const std::string& token) {
    std::vector<PrivateKey> keys;
    for (const auto handle : findEvery(session, Template{}.number(CKA_CLASS, CKO_PRIVATE_KEY))) {
        PrivateKey key;
        key.label = textOf(attributeOf(session, handle, CKA_LABEL).value_or(Bytes{}));
        key.id = attributeOf(session, handle, CKA_ID).value_or(Bytes{});
        try {
            key.publicPart = publicPartOf(session, handle, key.label, token);
        } catch (const CallFailed&) {
            throw;
        } catch (const Failure&) {
            continue;
        }
        keys.push_back(std::move(key));
    }
    return keys;
}

std::vector<openssl::CertificatePtr> certificatesIn(Session& session) {
    std::vector<openssl::CertificatePtr> certificates;
    auto wanted = std::move(
        Template{}.number(CKA_CLASS, CKO_CERTIFICATE).number(CKA_CERTIFICATE_TYPE, CKC_X_509));
    for (const auto handle : findEvery(session, wanted)) {
        const auto der = attributeOf(session, handle, CKA_VALUE);
        if (!der) continue;
        try {
            certificates.push_back(openssl::certificateFromDer(*der));
        } catch (const Failure&) {
            continue;  // somebody else's, in a form of its own
        }
    }
    return certificates;
}

bool holds(const std::vector<TokenIdentity>& identities, const X509& certificate) {
    return std::ranges::any_of(identities, [&](const TokenIdentity& known) {
        return X509_cmp(known.certificate.get(), &certificate) == 0;
    });
}

}  // namespace

std::vector<TokenIdentity> identitiesIn(const std::shared_ptr<Token>& token,
                                        std::span<const openssl::CertificatePtr> besides) {
    return token->sessions().with([&](Session& session) {
        auto certificates = certificatesIn(session);
        for (const auto& certificate : besides)
            certificates.emplace_back(X509_dup(certificate.get()));
        std::vector<TokenIdentity> identities;
        for (const auto& key : privateKeysIn(session, token->label())) {
            for (auto& certificate : certificates) {
                const auto* const theirs =
                    certificate ? X509_get0_pubkey(certificate.get()) : nullptr;
                if (theirs == nullptr || EVP_PKEY_eq(theirs, key.publicPart.get()) != 1) continue;
                if (holds(identities, *certificate)) continue;
                NamedKey named{CKO_PRIVATE_KEY, key.label, key.id};
                expectStaysInside(session, named, token->label());
                identities.push_back(
                    {std::move(certificate),
                     keyThroughToken(*key.publicPart, std::make_shared<PrivateOperations>(
                                                          token, key.label, key.id))});
            }
        }
        openssl::takeErrors();  // of keys that did not fit
        return identities;
    });
}

}  // namespace zegel::pkcs11
