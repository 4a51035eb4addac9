#include "station/api/tls_context.h"

#include <openssl/ssl.h>

namespace zegel::station {
namespace {

// What TLS 1.3 would also allow, for TLS 1.2: forward secrecy and authenticated encryption.
constexpr const char* Ciphers12 = "ECDHE+AESGCM:ECDHE+CHACHA20";

thread_local int verdictHere = X509_V_OK;

/// In place of OpenSSL's own judgement, so that a new revocation list is obeyed without stopping.
int judge(X509_STORE_CTX* asked, void* gate) {
    int verdict = X509_V_ERR_UNSPECIFIED;
    try {
        verdict = static_cast<ClientGate*>(gate)->verdictOn(X509_STORE_CTX_get0_cert(asked));
    } catch (const std::exception&) {
        verdict = X509_V_ERR_UNSPECIFIED;  // C stands between here and whoever could tell it
    }
    verdictHere = verdict;
    X509_STORE_CTX_set_error(asked, verdict);
    return verdict == X509_V_OK ? 1 : 0;
}

}  // namespace

std::string lastVerdictHere() {
    return verdictHere == X509_V_OK ? std::string{} : X509_verify_cert_error_string(verdictHere);
}

void forgetVerdictHere() {
    verdictHere = X509_V_OK;
}

Poco::Net::Context::Ptr tlsContext(const std::filesystem::path& chain,
                                   const std::filesystem::path& key, ClientGate& gate) {
    using Poco::Net::Context;
    Context::Params params;
    params.verificationMode = Context::VERIFY_STRICT;
    params.cipherList = Ciphers12;
    Context::Ptr context{new Context{Context::TLS_SERVER_USE, params}};
    context->enableExtendedCertificateVerification(false);  // compares names of servers, not ours
    auto* tls = context->sslContext();
    const auto expect = [](bool good, const std::filesystem::path& file, const char* what) {
        openssl::expect(good, Fault::SettingUnusable, file.string() + ": " + what);
    };
    expect(SSL_CTX_use_certificate_chain_file(tls, chain.c_str()) == 1, chain,
           "is no certificate in PEM for the API to show; put it there");
    expect(SSL_CTX_use_PrivateKey_file(tls, key.c_str(), SSL_FILETYPE_PEM) == 1, key,
           "is no key in PEM without a password; put the API's there");
    expect(SSL_CTX_check_private_key(tls) == 1, key, "does not belong to the API's certificate");
    SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    SSL_CTX_set_options(tls, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE |
                                 SSL_OP_CLEANSE_PLAINTEXT);  // a body may hold a code
    SSL_CTX_set_num_tickets(tls, 0);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_cert_verify_callback(tls, judge, &gate);
    SSL_CTX_set_client_CA_list(tls, SSL_load_client_CA_file(gate.authorities().c_str()));
    return context;
}

}  // namespace zegel::station
