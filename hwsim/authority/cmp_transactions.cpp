#include "hwsim/authority/cmp_transactions.h"

#include "drivers/base/hex.h"
#include "hwsim/authority/cmp_body.h"
#include "hwsim/authority/cmp_error.h"
#include "hwsim/authority/cmp_transaction.h"

#include <algorithm>

namespace zegel::hwsim {

namespace {

constexpr std::size_t MostTransactions = 4096;

CmpMessagePtr messageFrom(ByteView der) {
    const auto* at = der.data();
    return CmpMessagePtr{d2i_OSSL_CMP_MSG(nullptr, &at, static_cast<long>(der.size()))};
}

Bytes derOf(const OSSL_CMP_MSG& message) {
    Bytes der(static_cast<std::size_t>(i2d_OSSL_CMP_MSG(&message, nullptr)));
    auto* at = der.data();
    i2d_OSSL_CMP_MSG(&message, &at);
    return der;
}

std::string transactionIdOf(const OSSL_CMP_MSG& message) {
    const auto* const id = OSSL_CMP_HDR_get0_transactionID(OSSL_CMP_MSG_get0_header(&message));
    if (id == nullptr || ASN1_STRING_length(id) == 0) return {};
    return toHex({ASN1_STRING_get0_data(id), static_cast<std::size_t>(ASN1_STRING_length(id))});
}

std::string_view wordFor(int bodyType) {
    switch (bodyType) {
        case CmpP10cr: return "p10cr";
        case CmpRr: return "rr";
        case CmpCertConf: return "certConf";
        case CmpPollReq: return "pollReq";
        case CmpError: return "error";
        default: return "message";
    }
}

bool isNewRequest(int bodyType) {
    return bodyType != CmpCertConf && bodyType != CmpPollReq;
}

}  // namespace

CmpTransactions::CmpTransactions(CertificateAuthority& authority, IssuedBook& book,
                                 openssl::CertificatePtr registrationAuthority,
                                 std::function<void()> onRevoked)
    : authority_(authority),
      book_(book),
      registrationAuthority_(std::move(registrationAuthority)),
      onRevoked_(std::move(onRevoked)) {}

CmpTransactions::~CmpTransactions() = default;

std::shared_ptr<CmpTransaction> CmpTransactions::transactionOf(const std::string& id) {
    const std::lock_guard lock{mutex_};
    auto& held = transactions_[id];
    if (held) return held;
    auto made = std::make_shared<CmpTransaction>();
    made->id = id;
    made->order = ++counter_;
    made->authority = &authority_;
    made->book = &book_;
    made->onRevoked = onRevoked_;
    prepare(*made, *registrationAuthority_);
    held = made;
    forgetOldest();
    return made;
}

void CmpTransactions::forgetOldest() {
    if (transactions_.size() <= MostTransactions) return;
    const auto oldest = std::ranges::min_element(
        transactions_, {}, [](const auto& held) { return held.second->order; });
    transactions_.erase(oldest);
}

CmpAnswer CmpTransactions::process(ByteView message, const std::string& profile,
                                   const Misbehaviour& behaviour) {
    CmpAnswer answer;
    const auto request = messageFrom(message);
    const auto id = request ? transactionIdOf(*request) : std::string{};
    if (id.empty() || id.size() > 64) {
        openssl::takeErrors();
        answer.refused = "not a PKIMessage with a transactionID";
        return answer;
    }
    answer.requestType = OSSL_CMP_MSG_get_bodytype(request.get());
    const auto transaction = transactionOf(id);
    const std::lock_guard lock{transaction->mutex};
    if (std::ranges::equal(transaction->lastRequest, message)) {
        answer.der = transaction->lastAnswer;
        answer.statement = std::string{wordFor(answer.requestType)} + ": told again";
        return answer;
    }
    transaction->statement = wordFor(answer.requestType);
    if (isNewRequest(answer.requestType)) {
        transaction->profile = profile;
        if (!profile.empty()) transaction->statement += " " + profile;
        if (behaviour.mischief == Mischief::Waiting) transaction->pollsLeft = behaviour.amount;
    }
    transaction->behaviour = behaviour;
    chooseSigner(*transaction);

    const CmpMessagePtr reply{
        OSSL_CMP_SRV_process_request(transaction->server.get(), request.get())};
    const auto words = openssl::takeErrors();
    if (!reply) {
        answer.refused = words;
        return answer;
    }
    const auto replyType = OSSL_CMP_MSG_get_bodytype(reply.get());
    // An empty certConf is a rejection of everything, and no callback hears of it.
    if (answer.requestType == CmpCertConf && replyType == CmpPkiConf) {
        rejectIssued(*transaction);
    }
    answer.der = derOf(*reply);
    if (answer.requestType == CmpCertConf && behaviour.mischief == Mischief::AlreadyConfirmed) {
        answer.der = errorInPlaceOf(answer.der, OSSL_CMP_PKIFAILUREINFO_certConfirmed,
                                    "this certificate is confirmed already",
                                    *authority_.signerFor(Mischief::None).key);
    }
    answer.statement = transaction->statement;
    if (replyType == CmpError) answer.statement += ": error, " + words;
    transaction->lastRequest.assign(message.begin(), message.end());
    transaction->lastAnswer = answer.der;
    return answer;
}

}  // namespace zegel::hwsim
