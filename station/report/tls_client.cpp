#include "station/report/tls_client.h"

#include "drivers/base/openssl.h"

#include <Poco/Net/IPAddress.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace zegel::station {
namespace {

using Poco::Net::Context;

void wantName(Context& context, const std::string& host, const std::string& setting) {
    auto* wanted = SSL_CTX_get0_param(context.sslContext());
    Poco::Net::IPAddress address;
    const bool set = Poco::Net::IPAddress::tryParse(host, address)
                         ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1
                         : X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size()) == 1;
    openssl::expect(set, Fault::SettingUnusable, setting + ": the host " + host);
}

}  // namespace

Context::Ptr tlsClientContext(const std::string& host,
                              const std::vector<std::filesystem::path>& roots,
                              const std::string& setting) {
    Context::Ptr context{
        new Context{Context::TLS_CLIENT_USE, "", Context::VERIFY_STRICT, 9, roots.empty()}};
    context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    context->enableExtendedCertificateVerification(false);
    wantName(*context, host, setting);
    auto* store = SSL_CTX_get_cert_store(context->sslContext());
    for (const auto& file : roots) {
        for (const auto& certificate : openssl::certificatesFromPemFile(file.string())) {
            openssl::expect(X509_STORE_add_cert(store, certificate.get()) == 1,
                            Fault::SettingUnusable, file.string());
        }
    }
    return context;
}

}  // namespace zegel::station
