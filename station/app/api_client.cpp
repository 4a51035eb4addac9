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
#include <openssl/ssl.h>

#include <functional>
#include <sstream>

namespace zegel::station {
namespace {

using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;

Poco::Net::Context::Ptr contextOf(const config::ClientSettings& settings, const std::string& host) {
    auto context = tlsClientContext(host, {settings.authorities}, "client.station");
    auto* const tls = context->sslContext();
    const auto expect = [](bool good, const std::filesystem::path& file, const char* what) {
        openssl::expect(good, Fault::SettingUnusable, file.string() + ": " + what);
    };
    expect(SSL_CTX_use_certificate_chain_file(tls, settings.certificate.c_str()) == 1,
           settings.certificate, "is no certificate in PEM; put yours there");
    expect(SSL_CTX_use_PrivateKey_file(tls, settings.key.c_str(), SSL_FILETYPE_PEM) == 1,
           settings.key, "is no key in PEM without a password; put yours there");
    expect(SSL_CTX_check_private_key(tls) == 1, settings.key,
           "does not belong to the certificate beside it");
    return context;
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
    Poco::Net::HTTPSClientSession session;
};

std::string ApiClient::Said::refusal() const {
    const auto said =
        body->optValue<std::string>("detail", "the station answers " + std::to_string(status));
    const auto request = body->optValue<std::string>("request", "");
    return said + (request.empty() ? "" : " (request " + request + ")");
}

ApiClient::ApiClient(const config::ClientSettings& settings) {
    const Poco::URI address{settings.station};
    line_.reset(new Line{settings.station,
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
        throw silent(
            "it closed the connection; its log/api.log tells why, such as a certificate "
            "that is expired or revoked");
    } catch (const Poco::Exception& broken) {
        throw silent(broken.displayText());
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
