#pragma once

#include "drivers/base/openssl.h"
#include "hwsim/authority/certificate_authority.h"
#include "hwsim/authority/issued_book.h"
#include "hwsim/authority/misbehaviour.h"

#include <openssl/cmp.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace zegel::hwsim {

using ServerCtxPtr = std::unique_ptr<OSSL_CMP_SRV_CTX, openssl::Freed<OSSL_CMP_SRV_CTX_free>>;
using CmpMessagePtr = std::unique_ptr<OSSL_CMP_MSG, openssl::Freed<OSSL_CMP_MSG_free>>;

/// One CMP transaction and what OpenSSL's callbacks need to know of it. Used under `mutex`.
struct CmpTransaction {
    std::mutex mutex;
    std::string id;  ///< hexadecimal
    unsigned long order = 0;
    ServerCtxPtr server;
    CertificateAuthority* authority = nullptr;
    IssuedBook* book = nullptr;
    std::function<void()> onRevoked;

    std::string profile;
    Misbehaviour behaviour;
    CmpMessagePtr waiting;  ///< the request that is being polled for
    int pollsLeft = 0;
    openssl::CertificatePtr issued;
    std::string serial;
    bool told = false;  ///< the client said whether it takes the certificate
    std::string statement;

    Bytes lastRequest;
    Bytes lastAnswer;
};

/// A server context with our callbacks, that trusts this registration authority only.
/// Errors: Defect.
void prepare(CmpTransaction& transaction, X509& registrationAuthority);

/// Protects the next answer as the transaction's behaviour wants it.
void chooseSigner(CmpTransaction& transaction);

/// The client did not take the certificate: it is revoked.
void rejectIssued(CmpTransaction& transaction);

/// CRLReason of the first RevDetails of an rr message (RFC 4210, 5.3.9); 0 when it says none.
int revocationReasonOf(const OSSL_CMP_MSG& message);

}  // namespace zegel::hwsim
