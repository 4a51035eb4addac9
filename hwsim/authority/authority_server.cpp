#include "hwsim/authority/authority_server.h"

#include "drivers/base/openssl.h"
#include "hwsim/authority/certificate_authority.h"
#include "hwsim/authority/cmp_body.h"
#include "hwsim/authority/cmp_transactions.h"
#include "hwsim/authority/issued_book.h"
#include "hwsim/server/http_server.h"

#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

namespace zegel::hwsim {
namespace {

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

std::string stateOf(const IssuedEntry& entry) {
    std::string state = entry.confirmed ? "confirmed" : "unconfirmed";
    if (entry.rejected) state = "rejected";
    if (entry.revocationReason) state += ",revoked:" + std::to_string(*entry.revocationReason);
    return state;
}

openssl::CertificatePtr onlyCertificateIn(const std::filesystem::path& file) {
    return std::move(openssl::certificatesFromPemFile(file.string()).front());
}

}  // namespace

struct AuthorityServer::Inside {
    explicit Inside(AuthoritySimulation simulation)
        : said(std::move(simulation)),
          server(said.port, MostLines, said.log),
          url(said.url.empty() ? server.url() : said.url),
          authority((std::filesystem::create_directories(said.folder), said.folder), url),
          book(said.folder / "issued.txt"),
          transactions(authority, book, onlyCertificateIn(said.registrationAuthority),
                       [this] { writeRevocationList(); }) {
        temper.set(said.misbehaviour);
        writeRevocationList();
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

    AuthoritySimulation said;
    HttpServer server;
    std::string url;
    CertificateAuthority authority;
    IssuedBook book;
    Bytes crl;
    std::mutex crlMutex;
    Temper temper;
    CmpTransactions transactions;

    class Desk;
};

class AuthorityServer::Inside::Desk {
public:
    explicit Desk(Inside& inside) : inside_(inside) {}

    void operator()(HTTPServerRequest& request, HTTPServerResponse& response,
                    const std::string& path) {
        if (const auto profile = profileInPath(path)) return cmp(request, response, *profile);
        if (path == "/misbehave")
            return answerMisbehave(request, response, AuthorityMischief, inside_.temper);
        file(path, response);
    }

private:
    void cmp(HTTPServerRequest& request, HTTPServerResponse& response, const std::string& profile) {
        const auto behaviour = inside_.temper.next();
        const auto body = bodyOf(request);
        if (behaviour.mischief == Mischief::Down) return hangUp(request);
        if (behaviour.mischief == Mischief::Unavailable) {
            return answer(response, "closed for maintenance\n",
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
            inside_.server.tell("refused a message: " + told.refused);
            return answer(response, told.refused + "\n", HTTPResponse::HTTP_BAD_REQUEST);
        }
        inside_.server.tell(told.statement);
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
            return answer(response, list);
        }
        answer(response, "nothing here\n", HTTPResponse::HTTP_NOT_FOUND);
    }

    Inside& inside_;
};

AuthorityServer::AuthorityServer(AuthoritySimulation simulation)
    : inside_(std::make_unique<Inside>(std::move(simulation))) {
    inside_->server.open(Inside::Desk{*inside_});
}

AuthorityServer::~AuthorityServer() {
    inside_->server.close();
}

std::uint16_t AuthorityServer::port() const noexcept {
    return inside_->server.port();
}

std::string AuthorityServer::url() const {
    return inside_->server.url();
}

void AuthorityServer::misbehave(const Misbehaviour& misbehaviour) {
    inside_->temper.set(misbehaviour);
}

}  // namespace zegel::hwsim
