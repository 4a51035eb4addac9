#pragma once

#include "station/authority/cmp_exchange.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace zegel::station {

/// One certificate on its way from the CA: request, polls, certificate; then it waits for a
/// verdict, for as long as a card takes, and tells the CA. OpenSSL's last call does both, so it has
/// a thread of its own, which stands in its certConf callback while the card is written. Between
/// two polls the thread waits here, so that a station that stops does not wait for a slow CA.
class Enrolment {
public:
    /// Sends the request. Errors: Defect.
    Enrolment(std::unique_ptr<CmpExchange> exchange, X509_REQ& request, ByteView transaction,
              std::chrono::seconds issueTimeout);
    /// Refuses when there was no verdict, and waits for the thread; every message in it has its
    /// time-out.
    ~Enrolment();
    Enrolment(const Enrolment&) = delete;
    Enrolment& operator=(const Enrolment&) = delete;

    /// Waits until the certificate is there; null when the transaction ended without one.
    X509* waitForCertificate();

    /// Tells the CA and waits until it knows: `why` empty accepts. Only the first verdict counts.
    void decide(const std::string& why);

    /// After `decide`: whether OpenSSL's call ended as it should for an accepted certificate.
    bool succeeded() const noexcept { return succeeded_; }

    const CmpExchange& exchange() const noexcept { return *exchange_; }

private:
    static int standBy(OSSL_CMP_CTX* context, X509* certificate, int failInfo, const char** text);
    void run();
    bool enrolled(OSSL_CMP_CTX* context);
    bool waitedFor(std::chrono::seconds checkAfter);

    std::unique_ptr<CmpExchange> exchange_;
    std::chrono::seconds issueTimeout_;
    /// From the CA's first answer: waiting for a line to it is no waiting for it.
    std::optional<std::chrono::steady_clock::time_point> latest_;
    std::mutex mutex_;
    std::condition_variable changed_;
    openssl::CertificatePtr certificate_;
    bool ended_ = false;
    bool succeeded_ = false;
    std::optional<std::string> verdict_;
    std::thread thread_;
};

}  // namespace zegel::station
