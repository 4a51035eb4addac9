#include "hwsim/orders/station_line.h"

#include "drivers/base/failure.h"

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <fstream>

namespace zegel::hwsim {
namespace {

using Poco::Net::Context;

/// OpenSSL judges the name: Poco's own look at it asks the DNS.
Context::Ptr contextFor(const StationAddress& station, const std::string& host) {
    Context::Ptr context{new Context{Context::TLS_CLIENT_USE, station.key.string(),
                                     station.certificate.string(), station.authorities.string(),
                                     Context::VERIFY_STRICT}};
    context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    context->enableExtendedCertificateVerification(false);
    auto* wanted = SSL_CTX_get0_param(context->sslContext());
    Poco::Net::IPAddress address;
    const bool set = Poco::Net::IPAddress::tryParse(host, address)
                         ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1
                         : X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size()) == 1;
    if (set) return context;
    throw Failure{Fault::SettingUnusable, "--station: \"" + host + "\" is no host"};
}

}  // namespace

StationAnswer sendBatch(const StationAddress& station, const std::filesystem::path& batch) {
    const Poco::URI url{station.url};
    Poco::Net::HTTPSClientSession session{url.getHost(), url.getPort(),
                                          contextFor(station, url.getHost())};
    Poco::Net::HTTPRequest request{"POST", "/v1/batches", "HTTP/1.1"};
    request.setContentType("application/json");
    request.setContentLength64(static_cast<Poco::Int64>(std::filesystem::file_size(batch)));
    std::ifstream content{batch, std::ios::binary};
    Poco::StreamCopier::copyStream(content, session.sendRequest(request));
    Poco::Net::HTTPResponse response;
    auto& in = session.receiveResponse(response);
    StationAnswer answer{static_cast<int>(response.getStatus()), response.getContentType(), {}};
    Poco::StreamCopier::copyToString(in, answer.body);
    return answer;
}

}  // namespace zegel::hwsim
