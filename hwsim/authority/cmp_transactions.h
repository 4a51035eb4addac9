#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/openssl.h"
#include "hwsim/authority/misbehaviour.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace zegel::hwsim {

class CertificateAuthority;
class IssuedBook;
struct CmpTransaction;

/// What happened to one message.
struct CmpAnswer {
    Bytes der;              ///< the PKIMessage to send; empty when `refused` says why not
    std::string refused;    ///< not a PKIMessage, or over the limit
    int requestType = -1;   ///< PKIBody tag of the request
    std::string statement;  ///< for the log: "p10cr legal-person-authenticity: issued 4A…"
};

/// The CA's side of CMP (RFC 4210): p10cr, certConf, rr, pollReq, each protected by the one
/// registration authority that may ask. OpenSSL's server context holds one transaction, so each
/// has its own, found by transactionID; ended ones are dropped, the oldest when there are too
/// many. A message that comes again octet by octet gets the same answer again; a request that
/// comes again under its transaction gets the same certificate again.
class CmpTransactions {
public:
    CmpTransactions(CertificateAuthority& authority, IssuedBook& book,
                    openssl::CertificatePtr registrationAuthority, std::function<void()> onRevoked);
    ~CmpTransactions();
    CmpTransactions(const CmpTransactions&) = delete;
    CmpTransactions& operator=(const CmpTransactions&) = delete;

    /// `profile` as the request's URL names it; empty when it names none.
    CmpAnswer process(ByteView message, const std::string& profile, const Misbehaviour& behaviour);

private:
    std::shared_ptr<CmpTransaction> transactionOf(const std::string& id);
    void forgetOldest();

    CertificateAuthority& authority_;
    IssuedBook& book_;
    openssl::CertificatePtr registrationAuthority_;
    std::function<void()> onRevoked_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<CmpTransaction>> transactions_;
    unsigned long counter_ = 0;
};

}  // namespace zegel::hwsim
