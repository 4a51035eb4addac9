#include "station/api/client_gate.h"

#include "drivers/base/hex.h"

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include <algorithm>

namespace zegel::station {
namespace {

constexpr int LeastSecurityLevel = 2;  // keys and digests worth 112 bits
constexpr int ForTlsClients = X509_PURPOSE_SSL_CLIENT;

using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, openssl::Freed<X509_STORE_CTX_free>>;
using CrlPtr = openssl::CrlPtr;

std::vector<CrlPtr> revocationsIn(const std::filesystem::path& file) {
    const openssl::BioPtr in{BIO_new_file(file.c_str(), "rb")};
    std::vector<CrlPtr> lists;
    while (in) {
        CrlPtr list{PEM_read_bio_X509_CRL(in.get(), nullptr, nullptr, nullptr)};
        if (!list) break;
        lists.push_back(std::move(list));
    }
    openssl::takeErrors();
    if (!lists.empty()) return lists;
    throw Failure{Fault::SettingUnusable, file.string() +
                                              " holds no revocation list that can be read: put "
                                              "the CA's CRL there, in PEM"};
}

std::string onlyCommonName(const X509* certificate) {
    auto* subject = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0) return {};
    unsigned char* octets = nullptr;
    const int length =
        ASN1_STRING_to_UTF8(&octets, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (length < 0) return {};
    std::string name(reinterpret_cast<char*>(octets), static_cast<std::size_t>(length));
    OPENSSL_free(octets);
    const bool plain = std::ranges::none_of(
        name, [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; });  // a NUL hides what follows
    return plain ? name : std::string{};
}

std::string lowerCase(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return text;
}

std::string fingerprintOf(const X509* certificate) {
    Bytes digest(32);
    openssl::expect(X509_digest(certificate, EVP_sha256(), digest.data(), nullptr) == 1,
                    Fault::Defect, "hashing a client's certificate");
    return "sha256:" + lowerCase(toHex(digest));
}

TimePoint endOf(const X509* certificate) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) return {};
    return std::chrono::time_point_cast<std::chrono::seconds>(
        std::chrono::system_clock::from_time_t(timegm(&parts)));
}

}  // namespace

ClientGate::ClientGate(GateSettings settings, const Clock& clock, Tell tell)
    : settings_(std::move(settings)), clock_(clock), tell_(std::move(tell)) {
    known_ = writing();
    store_ = freshStore();
}

std::optional<ClientGate::Writing> ClientGate::writing() const {
    if (!settings_.revocations) return std::nullopt;
    std::error_code away;
    Writing now{std::filesystem::last_write_time(*settings_.revocations, away), 0};
    if (!away) now.size = std::filesystem::file_size(*settings_.revocations, away);
    if (away) return std::nullopt;
    return now;
}

ClientGate::StorePtr ClientGate::freshStore() const {
    StorePtr store{X509_STORE_new(), X509_STORE_free};
    for (const auto& authority : openssl::certificatesFromPemFile(settings_.authorities.string())) {
        openssl::expect(X509_STORE_add_cert(store.get(), authority.get()) == 1,
                        Fault::SettingUnusable, settings_.authorities.string());
    }
    auto* rules = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_purpose(rules, ForTlsClients);
    X509_VERIFY_PARAM_set_auth_level(rules, LeastSecurityLevel);
    if (!settings_.revocations) return store;
    for (const auto& list : revocationsIn(*settings_.revocations)) {
        openssl::expect(X509_STORE_add_crl(store.get(), list.get()) == 1, Fault::SettingUnusable,
                        settings_.revocations->string());
    }
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_CRL_CHECK);
    return store;
}

ClientGate::StorePtr ClientGate::store() {
    const std::lock_guard alone{mutex_};
    const auto now = writing();
    if (now == known_) return store_;
    known_ = now;
    try {
        store_ = freshStore();
        tell_("the revocation list of the API's clients was read anew");
    } catch (const Failure& failure) {
        tell_(
            "the revocation list of the API's clients cannot be read, the one before stays in "
            "force: " +
            std::string{failure.what()});
    }
    return store_;
}

int ClientGate::verdictOn(X509* certificate) {
    const auto trusted = store();
    const StoreContextPtr context{X509_STORE_CTX_new()};
    openssl::expect(
        context && X509_STORE_CTX_init(context.get(), trusted.get(), certificate, nullptr) == 1,
        Fault::Defect, "judging a client's certificate");
    X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context.get()),
                               std::chrono::system_clock::to_time_t(clock_.now()));
    const bool good = X509_verify_cert(context.get()) == 1;
    openssl::takeErrors();
    const int verdict = X509_STORE_CTX_get_error(context.get());
    if (good) return X509_V_OK;
    return verdict == X509_V_OK ? X509_V_ERR_UNSPECIFIED : verdict;
}

Client ClientGate::clientOf(X509* certificate) const {
    Client client{onlyCommonName(certificate), fingerprintOf(certificate), {}, endOf(certificate)};
    for (const auto& subject : {client.name, client.fingerprint}) {
        const auto entry = settings_.book.find(subject);
        if (subject.empty() || entry == settings_.book.end()) continue;
        for (const auto role : AllRoles) {
            if (entry->second.holds(role)) client.roles.add(role);
        }
    }
    return client;
}

}  // namespace zegel::station
