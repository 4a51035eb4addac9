#include "station/app/api_client.h"

#include "drivers/base/failure.h"
#include "drivers/base/openssl.h"
#include "station/report/tls_client.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Parser.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/NetException.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509err.h>

#include <fstream>
#include <functional>
#include <regex>
#include <sstream>

namespace zegel::station {
namespace {

using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;

constexpr const char* Closed =
    "it closed the connection; its log/api.log tells why, such as a certificate that is expired or "
    "revoked, or of a CA that it does not let in";

Poco::Net::Context::Ptr contextOf(const config::ClientSettings& settings, const std::string& host) {
    auto context = tlsClientContext(host, {settings.authorities}, "client.station");
    auto* const tls = context->sslContext();
    const auto expect = [](bool good, const std::filesystem::path& file, const char* what) {
        openssl::expect(good, Fault::SettingUnusable, file.string() + ": " + what);
    };
    expect(SSL_CTX_use_certificate_chain_file(tls, settings.certificate.c_str()) == 1,
           settings.certificate, "is no certificate in PEM; put yours there");
    const bool isKey =
        SSL_CTX_use_PrivateKey_file(tls, settings.key.c_str(), SSL_FILETYPE_PEM) == 1 ||
        ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    expect(isKey, settings.key, "is no key in PEM without a password; put yours there");
    if (SSL_CTX_check_private_key(tls) != 1) {
        openssl::takeErrors();
        throw Failure{Fault::SettingUnusable, settings.key.string() +
                                                  ": does not belong to the certificate in " +
                                                  settings.certificate.string() +
                                                  "; name the key and certificate of one person"};
    }
    return context;
}

/// Why the station's TLS did not let this certificate in; empty when it was something else.
std::string whyNotLetIn(const std::string& alert) {
    const auto tells = [&](const char* words) { return alert.find(words) != std::string::npos; };
    if (tells("alert unknown ca"))
        return "is of no CA that the station lets in; ask for one that its client_ca knows";
    if (tells("alert certificate expired")) return "is not valid today; have it renewed";
    if (tells("alert certificate revoked")) return "is revoked; have a new one issued";
    if (tells("alert bad certificate") || tells("alert unsupported certificate") ||
        tells("alert certificate unknown")) {
        return "is not one that lets a client in; the station's log/api.log tells why";
    }
    return {};
}

Poco::JSON::Object::Ptr objectIn(const std::string& text, const std::string& type) {
    if (type.find("json") == std::string::npos) return new Poco::JSON::Object;
    return Poco::JSON::Parser{}.parse(text).extract<Poco::JSON::Object::Ptr>();
}

std::string textOf(const Poco::JSON::Object& object) {
    std::ostringstream text;
    object.stringify(text);
    return text.str();
}

}  // namespace

struct ApiClient::Line {
    using Write = std::function<void(std::ostream&)>;

    Said exchange(HTTPRequest& request, const Write& write);
    Said ask(const std::string& path);
    Said send(const std::string& path, std::size_t length, const Write& write);

    std::string station;
    std::string certificate;
    Poco::Net::HTTPSClientSession session;
};

/// The body is of this program's making: whoever asked typed no line of it.
std::string withoutBody(std::string said) {
    static const std::regex place{R"(^the body, |line \d+: )"};
    constexpr std::string_view Again = "; correct it and send it again";
    if (!said.starts_with("the body, ")) return said;
    said = std::regex_replace(said, place, "");
    if (said.ends_with(Again)) said.resize(said.size() - Again.size());
    return said;
}

std::string ApiClient::Said::refusal() const {
    const auto said =
        body->optValue<std::string>("detail", "the station answers " + std::to_string(status));
    const auto request = body->optValue<std::string>("request", "");
    return withoutBody(said) + (request.empty() ? "" : " (request " + request + ")");
}

ApiClient::ApiClient(const config::ClientSettings& settings) {
    const Poco::URI address{settings.station};
    line_.reset(new Line{settings.station, settings.certificate.string(),
                         Poco::Net::HTTPSClientSession{address.getHost(), address.getPort(),
                                                       contextOf(settings, address.getHost())}});
    const Poco::Timespan patience{static_cast<long>(settings.answerWithin.count()), 0};
    line_->session.setTimeout(patience, patience, patience);
    line_->session.setKeepAlive(true);
}

ApiClient::~ApiClient() = default;

ApiClient::Said ApiClient::Line::exchange(HTTPRequest& request, const Write& write) {
    const auto silent = [&](const std::string& why) {
        return Failure{Fault::StationUnavailable,
                       "the station at " + station + " did not answer: " + why};
    };
    try {
        auto& out = session.sendRequest(request);
        write(out);
        out.flush();
        HTTPResponse response;
        auto& in = session.receiveResponse(response);
        std::string body;
        Poco::StreamCopier::copyToString(in, body);
        if (const auto* const broken = session.networkException()) broken->rethrow();
        return {response.getStatus(), objectIn(body, response.getContentType())};
    } catch (const Poco::TimeoutException&) {
        throw silent("no answer came in time; see whether it runs, and the network");
    } catch (const Poco::Net::ConnectionRefusedException&) {
        throw silent("nobody listens there; see whether it runs, and the address");
    } catch (const Poco::Net::NoMessageException&) {
        throw silent(Closed);
    } catch (const Poco::Net::ConnectionResetException&) {  // before its alert was read
        throw silent(Closed);
    } catch (const Poco::Net::ConnectionAbortedException&) {
        throw silent(Closed);
    } catch (const Poco::Exception& broken) {
        const auto words = broken.displayText();
        if (const auto why = whyNotLetIn(words); !why.empty()) {
            throw Failure{Fault::StationUnavailable, "the station at " + station +
                                                         " did not let you in: your certificate (" +
                                                         certificate + ") " + why};
        }
        throw silent(words);
    }
}

ApiClient::Said ApiClient::Line::ask(const std::string& path) {
    HTTPRequest request{HTTPRequest::HTTP_GET, path, HTTPRequest::HTTP_1_1};
    return exchange(request, [](std::ostream&) {});
}

ApiClient::Said ApiClient::Line::send(const std::string& path, std::size_t length,
                                      const Write& write) {
    HTTPRequest request{HTTPRequest::HTTP_POST, path, HTTPRequest::HTTP_1_1};
    request.setContentType("application/json");
    request.setContentLength64(static_cast<Poco::Int64>(length));
    return exchange(request, write);
}

ApiClient::Said ApiClient::get(const std::string& path) {
    return line_->ask(path);
}

ApiClient::Said ApiClient::post(const std::string& path, const Poco::JSON::Object& body) {
    const auto text = textOf(body);
    return line_->send(path, text.size(), [&](std::ostream& out) { out << text; });
}

ApiClient::Said ApiClient::post(const std::string& path, const Poco::JSON::Object& body,
                                std::string_view name, const SecretBytes& secret) {
    auto start = textOf(body);
    start.pop_back();
    start += (body.size() == 0 ? "\"" : ",\"") + std::string{name} + "\":\"";
    const std::string end = "\"}";
    return line_->send(path, start.size() + secret.size() + end.size(), [&](std::ostream& out) {
        out << start;
        secret.disclose(Disclosure::ToCipher, [&](ByteView octets) {  // of TLS
            out.write(reinterpret_cast<const char*>(octets.data()),
                      static_cast<std::streamsize>(octets.size()));
        });
        out << end;
    });
}

ApiClient::Said ApiClient::postFile(const std::string& path, const std::filesystem::path& file) {
    std::ifstream content{file, std::ios::binary};
    std::error_code problem;
    const auto size = std::filesystem::file_size(file, problem);
    if (!content || problem) {
        throw Failure{Fault::OrderUnusable,
                      file.string() + ": cannot be read; name a file that you may read"};
    }
    return line_->send(path, size,
                       [&](std::ostream& out) { Poco::StreamCopier::copyStream(content, out); });
}

ApiClient::Said ApiClient::list(const std::string& path, const std::string& list,
                                std::vector<Poco::JSON::Object>& into) {
    const auto separator = path.find('?') == std::string::npos ? "?" : "&";
    for (std::string next;;) {
        auto said = get(path + (next.empty() ? "" : separator + ("after=" + urlSegment(next))));
        const auto entries = said.isDone() ? said.body->getArray(list) : nullptr;
        if (!entries) return said;
        for (std::size_t at = 0; at < entries->size(); ++at)
            into.push_back(*entries->getObject(static_cast<unsigned>(at)));
        if (!said.body->has("next")) return said;
        next = said.body->getValue<std::string>("next");
    }
}

std::string urlSegment(const std::string& text) {
    std::string encoded;
    Poco::URI::encode(text, "/?#:@!$&'()*+,;=%", encoded);
    return encoded;
}

}  // namespace zegel::station
