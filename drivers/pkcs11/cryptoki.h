#pragma once

#include "drivers/base/failure.h"

#include <p11-kit/pkcs11.h>
#include <string>

namespace zegel::pkcs11 {

/// The calls of one module. Only the sources of this room include this header.
struct Cryptoki {
    CK_FUNCTION_LIST_PTR calls = nullptr;
    const CK_FUNCTION_LIST* operator->() const noexcept { return calls; }
};

/// A call came back with something other than CKR_OK.
class CallFailed : public Failure {
public:
    CallFailed(Fault fault, std::string message, CK_RV code, Origin origin)
        : Failure(fault, std::move(message), origin), code_(code) {}

    CK_RV code() const noexcept { return code_; }

private:
    CK_RV code_;
};

/// "CKR_PIN_INCORRECT", or the number for what has no common name.
std::string nameOfReturn(CK_RV code);

/// Whether the session, the login or the token went away, so that opening it anew may help.
bool meansLoss(CK_RV code) noexcept;

/// Throws CallFailed{fault, "<what>: <CKR name>"} unless `code` is CKR_OK.
void expect(CK_RV code, const std::string& what, Fault fault = Fault::TokenUnavailable,
            Origin origin = Origin::here());

}  // namespace zegel::pkcs11
