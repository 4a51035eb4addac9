#include "station/authority/host_lookup.h"

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace zegel::station {

struct HostLookup::Question {
    std::string host;
    std::uint16_t port = 0;
    Resolve resolve;
    std::mutex mutex;
    std::condition_variable answered;
    bool isAsked = false;
    std::optional<Poco::Net::SocketAddress> found;
    std::string failed;  ///< the last answer; empty when it was an address
};

HostLookup::HostLookup(std::string host, std::uint16_t port, Resolve resolve)
    : question_(std::make_shared<Question>()) {
    question_->host = std::move(host);
    question_->port = port;
    question_->resolve = std::move(resolve);
}

Poco::Net::SocketAddress HostLookup::bySystem(const std::string& host, std::uint16_t port) {
    return {host, port};
}

Poco::Net::SocketAddress HostLookup::within(std::chrono::milliseconds atMost) {
    Poco::Net::IPAddress literal;
    if (Poco::Net::IPAddress::tryParse(question_->host, literal)) {
        return {literal, question_->port};
    }
    std::unique_lock lock{question_->mutex};
    if (!question_->isAsked) {
        std::thread{[question = question_] { answer(question); }}.detach();
        question_->isAsked = true;
    }
    if (!question_->answered.wait_for(lock, atMost, [&] { return !question_->isAsked; })) {
        if (question_->found) return *question_->found;
        throw Poco::TimeoutException{"the name server does not answer"};
    }
    if (question_->failed.empty()) return *question_->found;
    throw Poco::Net::HostNotFoundException{question_->failed};
}

void HostLookup::answer(const std::shared_ptr<Question>& question) {
    std::optional<Poco::Net::SocketAddress> found;
    std::string failed;
    try {
        found = question->resolve(question->host, question->port);
    } catch (const Poco::Exception& refused) {
        failed = refused.displayText();
    } catch (const std::exception& broken) {
        failed = broken.what();
    }
    const std::lock_guard alone{question->mutex};
    if (found) question->found = found;
    question->failed = found || !failed.empty() ? failed : "no answer";
    question->isAsked = false;
    question->answered.notify_all();
}

}  // namespace zegel::station
