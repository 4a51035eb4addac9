#include "hwsim/authority/authority_server.h"

#include "drivers/base/openssl.h"
#include "hwsim/authority/certificate_authority.h"
#include "hwsim/authority/cmp_body.h"
#include "hwsim/authority/cmp_transactions.h"
#include "hwsim/authority/issued_book.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>
#include <Poco/Timespan.h>
#include <Poco/URI.h>

#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

namespace zegel::hwsim {

namespace {

using Poco::Net::HTTPRequestHandler;
using Poco::Net::HTTPResponse;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

constexpr std::size_t LongestMessage = 65536;
/// A line that is kept open holds a thread: three for each of thirty-two readers, and room for
/// those who ask what was issued.
constexpr int MostLines = 160;

/// "/.well-known/cmp/p/NAME" → NAME, "/cmp" → ""; nothing for other paths.
std::optional<std::string> profileInPath(const std::string& path) {
    for (const std::string start : {"/.well-known/cmp", "/cmp"}) {
        if (path == start || path == start + "/") return "";
        if (path.rfind(start + "/p/", 0) == 0) return path.substr(start.size() + 3);
    }
    return std::nullopt;
}

std::string bodyOf(HTTPServerRequest& request) {
    std::string body;
    std::array<char, 4096> part{};
    auto& in = request.stream();
    while (in && body.size() <= LongestMessage) {
        in.read(part.data(), part.size());
        body.append(part.data(), static_cast<std::size_t>(in.gcount()));
    }
    return body;
}

void answer(HTTPServerResponse& response, const std::string& type, const std::string& body,
            HTTPResponse::HTTPStatus status = HTTPResponse::HTTP_OK) {
    response.setStatusAndReason(status);
    response.setContentType(type);
    response.sendBuffer(body.data(), body.size());
}

/// Leaves the client without an answer, as a broken line would.
void hangUp(HTTPServerRequest& request) {
    static_cast<Poco::Net::HTTPServerRequestImpl&>(request).socket().shutdown();
}

std::string stateOf(const IssuedEntry& entry) {
    std::string state = entry.confirmed ? "confirmed" : "unconfirmed";
    if (entry.rejected) state = "rejected";
    if (entry.revocationReason) state += ",revoked:" + std::to_string(*entry.revocationReason);
    return state;
}

openssl::CertificatePtr onlyCertificateIn(const std::filesystem::path& file) {
    return std::move(openssl::certificatesFromPemFile(file.string()).front());
}

Poco::Net::ServerSocket listenOn(std::uint16_t port) {
    try {
        return Poco::Net::ServerSocket{Poco::Net::SocketAddress{"127.0.0.1", port}};
    } catch (const Poco::Exception& refused) {
        throw Failure{Fault::SettingUnusable, "cannot listen on port " + std::to_string(port) +
                                                  ": " + refused.displayText() +
                                                  "; choose another one"};
    }
}

}  // namespace

struct AuthorityServer::Inside {
    explicit Inside(AuthoritySimulation simulation)
        : said(std::move(simulation)),
          socket(listenOn(said.port)),
          url(said.url.empty() ? here() : said.url),
          authority((std::filesystem::create_directories(said.folder), said.folder), url),
          book(said.folder / "issued.txt"),
          transactions(authority, book, onlyCertificateIn(said.registrationAuthority),
                       [this] { writeRevocationList(); }) {
        temper.set(said.misbehaviour);
        writeRevocationList();
    }

    std::string here() const {
        return "http://127.0.0.1:" + std::to_string(socket.address().port());
    }

    /// Whoever reads the file sees a whole list.
    void writeRevocationList() {
        const std::lock_guard lock{crlMutex};
        crl = authority.revocationList(book);
        const auto file = said.folder / "crl.der";
        const auto fresh = said.folder / "crl.new";
        std::ofstream{fresh, std::ios::binary} << textOf(crl) << std::flush;
        std::filesystem::rename(fresh, file);
    }

    std::string revocationList() {
        const std::lock_guard lock{crlMutex};
        return textOf(crl);
    }

    void tell(const std::string& line) {
        if (!said.log) return;
        const std::lock_guard lock{logMutex};
        said.log(line);
    }

    AuthoritySimulation said;
    Poco::Net::ServerSocket socket;
    std::string url;
    CertificateAuthority authority;
    IssuedBook book;
    Bytes crl;
    std::mutex crlMutex;
    std::mutex logMutex;
    Temper temper;
    CmpTransactions transactions;
    Poco::ThreadPool threads{4, MostLines};
    std::unique_ptr<Poco::Net::HTTPServer> server;

    class Desk;
    class Desks;
};

class AuthorityServer::Inside::Desk : public HTTPRequestHandler {
public:
    explicit Desk(Inside& inside) : inside_(inside) {}

    void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override try {
        // Header and body go out in two writes: without this each answer waits for an ACK.
        static_cast<Poco::Net::HTTPServerRequestImpl&>(request).socket().setNoDelay(true);
        const auto path = Poco::URI{request.getURI()}.getPath();
        if (const auto profile = profileInPath(path)) return cmp(request, response, *profile);
        if (path == "/misbehave") return misbehave(request, response);
        file(path, response);
    } catch (const std::exception& broken) {
        inside_.tell(std::string{"defect: "} + broken.what());
        if (!response.sent()) {
            answer(response, "text/plain", broken.what(), HTTPResponse::HTTP_INTERNAL_SERVER_ERROR);
        }
    }

private:
    void cmp(HTTPServerRequest& request, HTTPServerResponse& response, const std::string& profile) {
        const auto behaviour = inside_.temper.next();
        const auto body = bodyOf(request);
        if (behaviour.mischief == Mischief::Down) return hangUp(request);
        if (behaviour.mischief == Mischief::Unavailable) {
            return answer(response, "text/plain", "closed for maintenance\n",
                          HTTPResponse::HTTP_SERVICE_UNAVAILABLE);
        }
        if (behaviour.mischief == Mischief::Slow) {
            std::this_thread::sleep_for(std::chrono::milliseconds{behaviour.amount});
        }
        if (behaviour.mischief == Mischief::Garbage) {
            return answer(response, "application/pkixcmp", "this is no PKIMessage");
        }
        const auto told = inside_.transactions.process(bytesOf(body), profile, behaviour);
        if (told.der.empty()) {
            inside_.tell("refused a message: " + told.refused);
            return answer(response, "text/plain", told.refused + "\n",
                          HTTPResponse::HTTP_BAD_REQUEST);
        }
        inside_.tell(told.statement);
        if (isLost(behaviour.mischief, told.requestType)) return hangUp(request);
        answer(response, "application/pkixcmp", textOf(told.der));
    }

    static bool isLost(Mischief mischief, int requestType) {
        switch (mischief) {
            case Mischief::LostAnswer: return requestType == CmpP10cr;
            case Mischief::LostConfirmation: return requestType == CmpCertConf;
            case Mischief::LostRevocation: return requestType == CmpRr;
            default: return false;
        }
    }

    void misbehave(HTTPServerRequest& request, HTTPServerResponse& response) {
        if (request.getMethod() == "POST") {
            const auto wanted = misbehaviourFrom(bodyOf(request));
            if (!wanted) {
                return answer(response, "text/plain", "cannot do that; one of\n" + listOfMischief(),
                              HTTPResponse::HTTP_BAD_REQUEST);
            }
            inside_.temper.set(*wanted);
        }
        answer(response, "text/plain",
               std::string{nameOf(inside_.temper.current().mischief)} + "\n");
    }

    void file(const std::string& path, HTTPServerResponse& response) {
        if (path == "/crl") {
            return answer(response, "application/pkix-crl", inside_.revocationList());
        }
        if (path == "/issuing.der" || path == "/root.der") {
            const auto& certificate =
                path == "/root.der" ? inside_.authority.root() : inside_.authority.issuer();
            return answer(response, "application/pkix-cert", textOf(openssl::toDer(certificate)));
        }
        if (path == "/chain.pem") {
            std::ostringstream chain;
            chain << std::ifstream{inside_.said.folder / "chain.pem"}.rdbuf();
            return answer(response, "application/x-pem-file", chain.str());
        }
        if (path == "/issued") {
            std::string list;
            for (const auto& entry : inside_.book.all()) {
                list += entry.serial + ' ' + entry.profile + ' ' + stateOf(entry) + '\n';
            }
            return answer(response, "text/plain", list);
        }
        answer(response, "text/plain", "nothing here\n", HTTPResponse::HTTP_NOT_FOUND);
    }

    Inside& inside_;
};

class AuthorityServer::Inside::Desks : public Poco::Net::HTTPRequestHandlerFactory {
public:
    explicit Desks(Inside& inside) : inside_(inside) {}

    HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
        return new Desk{inside_};
    }

private:
    Inside& inside_;
};

AuthorityServer::AuthorityServer(AuthoritySimulation simulation)
    : inside_(std::make_unique<Inside>(std::move(simulation))) {
    Poco::AutoPtr<Poco::Net::HTTPServerParams> rules{new Poco::Net::HTTPServerParams};
    rules->setKeepAlive(true);
    rules->setKeepAliveTimeout(Poco::Timespan{60, 0});
    rules->setMaxThreads(MostLines);
    rules->setMaxQueued(256);
    inside_->server = std::make_unique<Poco::Net::HTTPServer>(
        new Inside::Desks{*inside_}, inside_->threads, inside_->socket, rules);
    inside_->server->start();
}

AuthorityServer::~AuthorityServer() {
    inside_->server->stopAll(true);
    inside_->threads.joinAll();
}

std::uint16_t AuthorityServer::port() const noexcept {
    return inside_->socket.address().port();
}

std::string AuthorityServer::url() const {
    return inside_->here();
}

void AuthorityServer::misbehave(const Misbehaviour& misbehaviour) {
    inside_->temper.set(misbehaviour);
}

}  // namespace zegel::hwsim
