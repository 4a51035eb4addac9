#include "pinmailer/press/wire/wire.h"

#include "drivers/base/openssl.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <curl/curl.h>
#include <utility>

namespace zegel::press {
namespace {

constexpr std::size_t LargestReply = 1 << 20;

struct FreeHandle {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using HandlePtr = std::unique_ptr<CURL, FreeHandle>;
using ListPtr = std::unique_ptr<curl_slist, FreeList>;

void startCurl() {
    static const CURLcode Started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (Started != CURLE_OK) throw Failure{Fault::Defect, curl_easy_strerror(Started)};
}

/// libcurl's word for a certificate's public key (RFC 7469, 2.4).
std::string pinOf(const std::string& pemPath) {
    const auto certificates = openssl::certificatesFromPemFile(pemPath);
    if (certificates.size() != 1) {
        throw Failure{Fault::SettingUnusable, pemPath + " holds " +
                                                  std::to_string(certificates.size()) +
                                                  " certificates; name the one alone"};
    }
    const auto spki = openssl::spkiOf(*certificates.front());
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(spki.data(), spki.size(), digest.data());
    std::array<unsigned char, 4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1> text{};
    EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
    return "sha256//" + std::string{reinterpret_cast<const char*>(text.data())};
}

std::size_t give(char* to, std::size_t size, std::size_t count, void* from) {
    auto& body = *static_cast<Outgoing*>(from);
    return body.read({reinterpret_cast<std::uint8_t*>(to), size * count});
}

int again(void* from, curl_off_t offset, int origin) {
    auto& body = *static_cast<Outgoing*>(from);
    const bool beginning = offset == 0 && origin == SEEK_SET;
    return beginning && body.rewind() ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_CANTSEEK;
}

std::size_t take(char* from, std::size_t size, std::size_t count, void* to) {
    auto& body = *static_cast<Bytes*>(to);
    const auto octets = size * count;
    if (body.size() + octets > LargestReply) return 0;
    body.insert(body.end(), from, from + octets);
    return octets;
}

}  // namespace

std::size_t PlainOctets::read(std::span<std::uint8_t> out) {
    const auto octets = octets_.subspan(at_, std::min(out.size(), octets_.size() - at_));
    std::ranges::copy(octets, out.begin());
    at_ += octets.size();
    return octets.size();
}

bool PlainOctets::rewind() {
    at_ = 0;
    return true;
}

struct Wire::Works {
    Trust trust;
    Connection connection;
    long answerWithin;
    std::string pin;
    HandlePtr handle;
    std::array<char, CURL_ERROR_SIZE> why{};

    CURL* ready() {
        if (!handle) handle.reset(curl_easy_init());
        if (!handle) throw Failure{Fault::Defect, "libcurl has no memory"};
        auto* const curl = handle.get();
        curl_easy_reset(curl);
        why.fill('\0');
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why.data());
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(curl, CURLOPT_PROXY, "");  // whatever the environment says
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, answerWithin);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, answerWithin);
        curl_easy_setopt(curl, CURLOPT_TCP_NODELAY, 1L);
        curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
        setTrust(curl);
        if (connection == Connection::OncePerQuestion) {
            curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
            curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
        }
        return curl;
    }

    void setTrust(CURL* curl) const {
        if (!pin.empty()) {  // printers sign for themselves, under names of their own
            curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
            curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
            curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, pin.c_str());
        } else if (!trust.authorities.empty()) {
            curl_easy_setopt(curl, CURLOPT_CAINFO, trust.authorities.c_str());
            curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
        }
        if (trust.certificate.empty()) return;
        curl_easy_setopt(curl, CURLOPT_SSLCERT, trust.certificate.c_str());
        curl_easy_setopt(curl, CURLOPT_SSLKEY, trust.key.c_str());
    }

    std::variant<Reply, Silence> perform(CURL* curl, const std::string& url) {
        Reply reply;
        curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
        const auto code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
        const char* type = nullptr;
        curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
        if (type != nullptr) reply.contentType = type;
        std::string words = why[0] != '\0' ? why.data() : curl_easy_strerror(code);
        if (code == CURLE_COULDNT_CONNECT) words = "nothing there takes a connection";
        if (connection == Connection::OncePerQuestion) handle.reset();
        if (code != CURLE_OK) return Silence{std::move(words)};
        return reply;
    }
};

Wire::Wire(Trust trust, Connection connection, std::chrono::milliseconds answerWithin)
    : works_(std::make_unique<Works>()) {
    startCurl();
    works_->pin = trust.pinned.empty() ? "" : pinOf(trust.pinned);
    works_->trust = std::move(trust);
    works_->connection = connection;
    works_->answerWithin = static_cast<long>(answerWithin.count());
}

Wire::Wire(Wire&&) noexcept = default;
Wire& Wire::operator=(Wire&&) noexcept = default;
Wire::~Wire() = default;

std::variant<Reply, Silence> Wire::get(const std::string& url) {
    return works_->perform(works_->ready(), url);
}

std::variant<Reply, Silence> Wire::post(const std::string& url, const std::string& contentType,
                                        Outgoing& body) {
    auto* const curl = works_->ready();
    ListPtr headers{curl_slist_append(nullptr, ("Content-Type: " + contentType).c_str())};
    headers.reset(curl_slist_append(headers.release(), "Expect:"));  // no question beforehand
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, &body);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, again);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, &body);
    return works_->perform(curl, url);
}

}  // namespace zegel::press
