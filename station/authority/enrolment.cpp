#include "station/authority/enrolment.h"

#include "station/authority/cmp_message.h"

#include <algorithm>

namespace zegel::station {

namespace {

constexpr std::chrono::seconds ShortestPoll{1};

using OctetStringPtr = std::unique_ptr<ASN1_OCTET_STRING, openssl::Freed<ASN1_OCTET_STRING_free>>;

}  // namespace

Enrolment::Enrolment(std::unique_ptr<CmpExchange> exchange, X509_REQ& request, ByteView transaction,
                     std::chrono::seconds issueTimeout)
    : exchange_(std::move(exchange)), issueTimeout_(issueTimeout) {
    // OpenSSL's time-out begins before there is a line, which may take as long again.
    const OctetStringPtr id{ASN1_OCTET_STRING_new()};
    auto* const context = exchange_->context();
    const bool ready = ASN1_OCTET_STRING_set(id.get(), transaction.data(),
                                             static_cast<int>(transaction.size())) == 1 &&
                       OSSL_CMP_CTX_set1_transactionID(context, id.get()) == 1 &&
                       OSSL_CMP_CTX_set1_p10CSR(context, &request) == 1 &&
                       OSSL_CMP_CTX_set_option(context, OSSL_CMP_OPT_TOTAL_TIMEOUT,
                                               static_cast<int>(2 * issueTimeout.count())) == 1 &&
                       OSSL_CMP_CTX_set_certConf_cb(context, standBy) == 1 &&
                       OSSL_CMP_CTX_set_certConf_cb_arg(context, this) == 1;
    openssl::expect(ready, Fault::Defect, "CMP certificate request");
    thread_ = std::thread{[this] { run(); }};
}

Enrolment::~Enrolment() {
    decide("the station gave it up");
}

void Enrolment::run() {
    const bool accepted =
        exchange_->run([this](OSSL_CMP_CTX* context) { return enrolled(context); });
    const std::lock_guard lock{mutex_};
    succeeded_ = accepted;
    ended_ = true;
    changed_.notify_all();
}

bool Enrolment::enrolled(OSSL_CMP_CTX* context) {
    int checkAfter = 0;
    int outcome = OSSL_CMP_try_certreq(context, CmpP10cr, nullptr, &checkAfter);
    while (outcome == -1 && waitedFor(std::chrono::seconds{checkAfter})) {
        outcome = OSSL_CMP_try_certreq(context, CmpP10cr, nullptr, &checkAfter);
    }
    return outcome == 1;
}

/// False when the CA lets wait longer than it may, and when the station stops.
bool Enrolment::waitedFor(std::chrono::seconds checkAfter) {
    constexpr std::chrono::milliseconds Look{100};
    const auto now = std::chrono::steady_clock::now();
    if (!latest_) latest_ = now + issueTimeout_;
    // Asked a last time when the time is over.
    const auto until = std::min(now + std::max(checkAfter, ShortestPoll), *latest_);
    if (now >= *latest_) {
        exchange_->gaveUp("lets wait longer than the time for a certificate");
        return false;
    }
    std::unique_lock lock{mutex_};
    while (std::chrono::steady_clock::now() < until && !verdict_) {
        if (exchange_->lines().isWindingUp()) break;
        changed_.wait_for(lock, Look);
    }
    if (std::chrono::steady_clock::now() >= until) return true;
    exchange_->gaveUp("still lets wait, and is waited for no longer");
    return false;
}

int Enrolment::standBy(OSSL_CMP_CTX* context, X509* certificate, int failInfo, const char** text) {
    auto& self = *static_cast<Enrolment*>(OSSL_CMP_CTX_get_certConf_cb_arg(context));
    std::unique_lock lock{self.mutex_};
    X509_up_ref(certificate);
    self.certificate_.reset(certificate);
    self.changed_.notify_all();
    self.changed_.wait(lock, [&] { return self.verdict_.has_value(); });
    // A card takes longer than a CA: the deadline was for the certificate.
    OSSL_CMP_CTX_set_option(context, OSSL_CMP_OPT_TOTAL_TIMEOUT, 0);
    if (self.verdict_->empty()) return failInfo;
    *text = self.verdict_->c_str();
    return 1 << OSSL_CMP_PKIFAILUREINFO_incorrectData;
}

X509* Enrolment::waitForCertificate() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return certificate_ || ended_; });
    return certificate_.get();
}

void Enrolment::decide(const std::string& why) {
    {
        const std::lock_guard lock{mutex_};
        if (!verdict_) verdict_ = why;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

}  // namespace zegel::station
