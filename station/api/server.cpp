#include "station/api/server.h"

#include "station/api/connection.h"
#include "station/api/tls_context.h"

#include <Poco/ErrorHandler.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/ThreadPool.h>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds Grace{5};
constexpr int Waiting = 64;  // connections that no thread serves yet

/// Connections end in many ways; each tells its own in the access log.
class Unmoved final : public Poco::ErrorHandler {
    void exception(const Poco::Exception&) override {}
    void exception(const std::exception&) override {}
    void exception() override {}
};

void ignoreEndsOfConnections() {
    static Unmoved unmoved;
    Poco::ErrorHandler::set(&unmoved);
}

class Connections final : public Poco::Net::TCPServerConnectionFactory {
public:
    explicit Connections(Counter& counter) : counter_(counter) {}

private:
    Poco::Net::TCPServerConnection* createConnection(
        const Poco::Net::StreamSocket& socket) override {
        return new Connection{socket, counter_};  // the server deletes it
    }

    Counter& counter_;
};

RoleBook bookOf(const ApiSettings& settings) {
    RoleBook book;
    for (const auto& [name, subjects] : settings.roles) {
        const auto role = roleNamed(name);
        if (!role) throw Failure{Fault::SettingUnusable, "no role is called " + name};
        for (const auto& subject : subjects)
            book[subject].add(*role);
    }
    return book;
}

Poco::Net::SecureServerSocket listening(const ApiSettings& settings, ClientGate& gate) {
    Poco::Net::initializeSSL();
    const auto context = tlsContext(settings.certificate, settings.key, gate);
    try {
        Poco::Net::SecureServerSocket socket{context};
        // Not its constructor: that shares the port with whoever else asks the same.
        socket.bind(Poco::Net::SocketAddress{settings.address, settings.port}, true, false);
        socket.listen(Waiting);
        return socket;
    } catch (const Poco::Exception& broken) {
        throw Failure{Fault::SettingUnusable, "the API cannot listen at " + settings.address + ":" +
                                                  std::to_string(settings.port) + ": " +
                                                  broken.displayText() +
                                                  "; stop what listens there, or name another"};
    }
}

/// What a stop left behind: the ledger has it, or its sender was never told so and sends it again.
void emptied(const fs::path& spool) {
    std::error_code problem;
    fs::remove_all(spool, problem);
    fs::create_directories(spool, problem);
    if (!problem) fs::permissions(spool, fs::perms::owner_all, problem);
    if (!problem) return;
    throw Failure{Fault::SettingUnusable,
                  "cannot make the folder " + spool.string() + ": " + problem.message()};
}

Poco::Net::HTTPServerParams::Ptr parametersOf(const ApiLimits& limits) {
    Poco::Net::HTTPServerParams::Ptr parameters{new Poco::Net::HTTPServerParams};
    parameters->setKeepAliveTimeout(Poco::Timespan{limits.restBetween.count(), 0});
    parameters->setTimeout(Poco::Timespan{limits.answerWithin.count(), 0});
    parameters->setMaxKeepAliveRequests(0);
    parameters->setMaxThreads(limits.connections);
    parameters->setMaxQueued(Waiting);
    return parameters;
}

}  // namespace

struct ApiServer::Works {
    Works(const ApiSettings& settings, Workplace thePlace)
        : limits(settings.limits),
          place(std::move(thePlace)),
          gate({settings.clientAuthorities, settings.revocations, bookOf(settings)}, place.clock,
               place.tell),
          rate(limits.requestsPerSecond),
          log(settings.accessLog, place.clock),
          counter{place, limits, settings.spool, gate, rate, log, watchdog, parametersOf(limits)},
          socket(listening(settings, gate)),
          threads(4, limits.connections),
          server(new Connections{counter}, threads, socket, counter.parameters) {
        ignoreEndsOfConnections();
        emptied(settings.spool);
        server.start();
    }

    ~Works() {
        server.stop();
        watchdog.stop(Grace);
        threads.joinAll();
    }

    Works(const Works&) = delete;
    Works& operator=(const Works&) = delete;

    ApiLimits limits;
    Workplace place;
    ClientGate gate;
    RateLimit rate;
    AccessLog log;
    Watchdog watchdog;
    Counter counter;
    Poco::Net::SecureServerSocket socket;
    Poco::ThreadPool threads;
    Poco::Net::TCPServer server;
};

ApiServer::ApiServer(const ApiSettings& settings, Workplace place)
    : works_(std::make_unique<Works>(settings, std::move(place))) {}

ApiServer::~ApiServer() = default;

std::string ApiServer::url() const {
    return "https://" + works_->socket.address().toString();
}

}  // namespace zegel::station
