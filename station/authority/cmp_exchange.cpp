#include "station/authority/cmp_exchange.h"

#include "station/authority/certificate_check.h"
#include "station/authority/cmp_message.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <thread>

namespace zegel::station {

namespace {

using StorePtr = std::unique_ptr<X509_STORE, openssl::Freed<X509_STORE_free>>;
using UsagePtr = std::unique_ptr<EXTENDED_KEY_USAGE, openssl::Freed<EXTENDED_KEY_USAGE_free>>;
using StackPtr =
    std::unique_ptr<STACK_OF(X509), decltype([](STACK_OF(X509) * held) { sk_X509_free(held); })>;

constexpr int Attempts = 3;
constexpr auto BetweenAttempts = std::chrono::milliseconds{200};

thread_local std::string* heard = nullptr;

int storeIndex() {
    static const int Index = X509_STORE_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return Index;
}

bool saysCmcCa(X509* certificate) {
    const UsagePtr usages{static_cast<EXTENDED_KEY_USAGE*>(
        X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr))};
    for (int i = 0; i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
        if (OBJ_obj2nid(sk_ASN1_OBJECT_value(usages.get(), i)) == NID_cmcCA) return true;
    }
    return false;
}

std::string nameOf(X509* certificate) {
    const openssl::BioPtr text{BIO_new(BIO_s_mem())};
    X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0,
                       XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
    char* at = nullptr;
    const auto size = BIO_get_mem_data(text.get(), &at);
    return {at, static_cast<std::size_t>(size)};
}

/// Whether asking the same again does no harm.
bool isRepeatable(int bodyType) {
    return bodyType == CmpRr || bodyType == CmpCertConf || bodyType == CmpPollReq;
}

AtStop atStopOf(int bodyType) {
    if (bodyType == CmpCertConf) return AtStop::SeenThrough;
    return bodyType == CmpP10cr || bodyType == CmpPollReq ? AtStop::NotAsked : AtStop::Hurried;
}

std::string adviceFor(int failInfo) {
    const auto any = [&](std::initializer_list<int> bits) {
        return std::ranges::any_of(
            bits, [&](int bit) { return (static_cast<unsigned>(failInfo) >> bit & 1U) != 0; });
    };
    if (any({OSSL_CMP_PKIFAILUREINFO_notAuthorized, OSSL_CMP_PKIFAILUREINFO_signerNotTrusted,
             OSSL_CMP_PKIFAILUREINFO_wrongAuthority, OSSL_CMP_PKIFAILUREINFO_badMessageCheck})) {
        return "have the CA admit this station's registration authority certificate";
    }
    if (any({OSSL_CMP_PKIFAILUREINFO_transactionIdInUse})) {
        return "ask the CA what it issued under this transaction, and revoke that";
    }
    if (any({OSSL_CMP_PKIFAILUREINFO_badTime})) return "set both clocks";
    return "correct the order or the card profile, or ask the CA";
}

}  // namespace

CmpExchange::Listening::Listening(CmpExchange& exchange) {
    openssl::takeErrors();
    heard = &exchange.words_;
}

CmpExchange::Listening::~Listening() {
    const auto left = openssl::takeErrors();
    if (left != "no detail") listen(nullptr, nullptr, 0, OSSL_CMP_LOG_ERR, left.c_str());
    heard = nullptr;
}

int CmpExchange::listen(const char*, const char*, int, OSSL_CMP_severity, const char* words) {
    if (heard == nullptr || words == nullptr) return 1;
    std::string line{words};
    line.erase(line.find_last_not_of(" \n") + 1);
    if (heard->find(line) == std::string::npos) *heard += (heard->empty() ? "" : "; ") + line;
    return 1;
}

CmpExchange::CmpExchange(const AuthoritySettings& settings, CmpLines& lines, std::string below)
    : settings_(settings),
      lines_(lines),
      below_(std::move(below)),
      context_(OSSL_CMP_CTX_new(nullptr, nullptr)) {
    const StackPtr chain{sk_X509_new_null()};
    for (const auto& above : settings.aboveRegistrationAuthority)
        sk_X509_push(chain.get(), above.get());
    auto* const context = context_.get();
    const bool ready =
        context != nullptr && OSSL_CMP_CTX_set_log_cb(context, listen) == 1 &&
        OSSL_CMP_CTX_set_log_verbosity(context, OSSL_CMP_LOG_ERR) == 1 &&
        OSSL_CMP_CTX_set_transfer_cb(context, transfer) == 1 &&
        OSSL_CMP_CTX_set_transfer_cb_arg(context, this) == 1 &&
        OSSL_CMP_CTX_set1_cert(context, settings.registrationAuthority.get()) == 1 &&
        OSSL_CMP_CTX_set1_pkey(context, settings.registrationAuthorityKey.get()) == 1 &&
        OSSL_CMP_CTX_set1_recipient(
            context, X509_get_subject_name(&lowestOf(settings.caCertificates).front().get())) ==
            1 &&
        OSSL_CMP_CTX_set0_trustedStore(context, makeStore()) == 1 &&
        // An empty list would take the place of its own, and nothing could be added to that.
        (settings.aboveRegistrationAuthority.empty() ||
         OSSL_CMP_CTX_set1_untrusted(context, chain.get()) == 1) &&
        OSSL_CMP_CTX_set_option(context, OSSL_CMP_OPT_DIGEST_ALGNID, NID_sha256) == 1;
    openssl::expect(ready, Fault::Defect, "CMP client context");
}

CmpExchange::~CmpExchange() = default;

X509_STORE* CmpExchange::makeStore() {
    StorePtr store{X509_STORE_new()};
    for (const auto& authority : settings_.caCertificates) {
        X509_STORE_add_cert(store.get(), authority.get());
    }
    X509_VERIFY_PARAM_set_flags(X509_STORE_get0_param(store.get()), X509_V_FLAG_PARTIAL_CHAIN);
    X509_STORE_set_ex_data(store.get(), storeIndex(), this);
    X509_STORE_set_verify_cb(store.get(), judgeSigner);
    return store.release();
}

bool CmpExchange::mayProtect(X509* signer) const {
    const auto isIt = [&](const auto& known) { return X509_cmp(known.get(), signer) == 0; };
    return saysCmcCa(signer) || std::ranges::any_of(settings_.caCertificates, isIt) ||
           std::ranges::any_of(settings_.answerSigners, isIt);
}

int CmpExchange::judgeSigner(int ok, X509_STORE_CTX* chain) {
    auto& exchange = *static_cast<CmpExchange*>(
        X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(chain), storeIndex()));
    auto* const certificate = X509_STORE_CTX_get_current_cert(chain);
    if (ok != 1) {
        const auto code = X509_STORE_CTX_get_error(chain);
        if (exchange.protectionProblem_.empty() && certificate != nullptr) {
            exchange.protectionProblem_ =
                "protects its answers with a certificate that cannot be believed (" +
                nameOf(certificate) + ": " + X509_verify_cert_error_string(code) +
                "); have the CA renew it, or correct the configured CA certificates";
        }
        return 0;
    }
    if (isLeftOut(*certificate, exchange.settings_.caCertificates))
        exchange.issuerLeftOut_ = nameOf(certificate);
    if (X509_STORE_CTX_get_error_depth(chain) != 0 || exchange.mayProtect(certificate)) return 1;
    exchange.protectionProblem_ =
        "protects its answers with a certificate that is not meant for it (" + nameOf(certificate) +
        "): neither the CA's own, nor for id-kp-cmcCA, nor a configured answer signer";
    X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

OSSL_CMP_MSG* CmpExchange::transfer(OSSL_CMP_CTX* context, const OSSL_CMP_MSG* request) {
    auto& exchange = *static_cast<CmpExchange*>(OSSL_CMP_CTX_get_transfer_cb_arg(context));
    try {
        return exchange.send(*request);
    } catch (const std::exception& failed) {  // nothing may be thrown through OpenSSL
        exchange.lineProblem_ = failed.what();
        return nullptr;
    }
}

OSSL_CMP_MSG* CmpExchange::send(const OSSL_CMP_MSG& request) {
    Bytes message(static_cast<std::size_t>(std::max(0, i2d_OSSL_CMP_MSG(&request, nullptr))));
    auto* out = message.data();
    i2d_OSSL_CMP_MSG(&request, &out);
    auto answer = sendRepeatedly(message, OSSL_CMP_MSG_get_bodytype(&request));

    const auto* at = answer.data();
    auto* const parsed = d2i_OSSL_CMP_MSG(nullptr, &at, static_cast<long>(answer.size()));
    if (parsed == nullptr) {
        openssl::takeErrors();
        lineProblem_ = "the CA at " + lines_.url() +
                       " answered something that is no CMP message; check its address";
        return nullptr;
    }
    lastAnswer_ = OSSL_CMP_MSG_get_bodytype(parsed);
    answer_ = std::move(answer);
    if (auto weak = whyProtectionIsWeak(answer_)) {
        protectionProblem_ = *weak;
        OSSL_CMP_MSG_free(parsed);
        return nullptr;
    }
    return parsed;
}

Bytes CmpExchange::sendRepeatedly(ByteView message, int bodyType) {
    const auto atStop = atStopOf(bodyType);
    const auto begun = std::chrono::steady_clock::now();
    const int last = isRepeatable(bodyType) ? Attempts : 1;
    for (int attempt = 1; attempt < last && mayRepeat(atStop, begun); ++attempt) {
        try {
            return exchanged(message, bodyType);
        } catch (const Failure&) {
            std::this_thread::sleep_for(attempt * BetweenAttempts);
        }
    }
    return exchanged(message, bodyType);
}

/// A station that stops repeats what a card hangs on, as long as one answer may take.
bool CmpExchange::mayRepeat(AtStop atStop, std::chrono::steady_clock::time_point begun) const {
    if (!lines_.isWindingUp()) return true;
    return atStop == AtStop::SeenThrough &&
           std::chrono::steady_clock::now() - begun < lines_.answerTimeout();
}

Bytes CmpExchange::exchanged(ByteView message, int bodyType) {
    // A card hangs on what was begun, and a certificate that must not live on an rr.
    const auto place = bodyType == CmpP10cr ? Turns::Place::Back : Turns::Place::Front;
    ++sent_;
    try {
        return lines_.exchange(below_, message, atStopOf(bodyType), place);
    } catch (const MessageNotSent&) {
        --sent_;
        throw;
    }
}

bool CmpExchange::refusedForGood() const {
    const bool unsure = saidNoWith(OSSL_CMP_PKIFAILUREINFO_transactionIdInUse) ||
                        saidNoWith(OSSL_CMP_PKIFAILUREINFO_duplicateCertReq) ||
                        saidNoWith(OSSL_CMP_PKIFAILUREINFO_systemFailure) ||
                        saidNoWith(OSSL_CMP_PKIFAILUREINFO_systemUnavail);
    return OSSL_CMP_CTX_get_status(context()) == OSSL_CMP_PKISTATUS_rejection && !unsure &&
           (sent_ == 1 || lastAnswer_ == CmpCp);
}

bool CmpExchange::isBelieved() const {
    const auto status = OSSL_CMP_CTX_get_status(context());
    if (status == OSSL_CMP_PKISTATUS_accepted || status == OSSL_CMP_PKISTATUS_rejection) {
        return true;
    }
    return lastAnswer_ == CmpError && !certificateWith(answer_) && protectionProblem_.empty();
}

std::string CmpExchange::expiredSigner() const {
    const auto signer = certificateWith(answer_);
    if (!signer || (X509_cmp_current_time(X509_get0_notBefore(signer.get())) < 0 &&
                    X509_cmp_current_time(X509_get0_notAfter(signer.get())) > 0)) {
        return {};
    }
    return nameOf(signer.get());
}

bool CmpExchange::saidNoWith(int failInfoBit) const {
    const auto failInfo = OSSL_CMP_CTX_get_failInfoCode(context());
    return failInfo > 0 && (static_cast<unsigned>(failInfo) >> failInfoBit & 1U) != 0;
}

Failure CmpExchange::failure(const std::string& doing) const {
    if (!lineProblem_.empty()) {
        return Failure{Fault::AuthorityUnavailable, doing + ": " + lineProblem_};
    }
    // OpenSSL's own words (CMP_R_ERROR_PROTECTING_MESSAGE): the request never left the house.
    if (words_.find("error protecting message") != std::string::npos)
        return {Fault::TokenUnavailable, doing + ": the token did not sign the request to the CA"};
    const auto who = doing + ": the CA at " + lines_.url();
    if (OSSL_CMP_CTX_get_status(context()) == OSSL_CMP_PKISTATUS_rejection) {
        const auto failInfo = std::max(0, OSSL_CMP_CTX_get_failInfoCode(context()));
        std::string said;
        const auto* const texts = OSSL_CMP_CTX_get0_statusString(context());
        for (int i = 0; i < sk_ASN1_UTF8STRING_num(texts); ++i) {
            const auto* const text = sk_ASN1_UTF8STRING_value(texts, i);
            said.append(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                        static_cast<std::size_t>(ASN1_STRING_length(text)));
            said += ' ';
        }
        said += "(" + namesOfFailInfo(failInfo) + ")";
        if (saidNoWith(OSSL_CMP_PKIFAILUREINFO_systemFailure) ||
            saidNoWith(OSSL_CMP_PKIFAILUREINFO_systemUnavail)) {
            return Failure{Fault::AuthorityUnavailable,
                           who + " is in trouble: " + said + "; try again when it is well"};
        }
        return Failure{Fault::AuthorityRefused,
                       who + " refused: " + said + "; " + adviceFor(failInfo)};
    }
    if (!protectionProblem_.empty()) {
        return Failure{Fault::AuthorityUnavailable, who + " " + protectionProblem_};
    }
    if (const auto expired = expiredSigner(); !expired.empty()) {
        return Failure{Fault::AuthorityUnavailable,
                       who + " protects its answers with a certificate that is not valid today (" +
                           expired + "); have the CA renew it, or set both clocks"};
    }
    return Failure{Fault::AuthorityUnavailable, who + " answered what cannot be used: " +
                                                    (words_.empty() ? "no detail" : words_)};
}

}  // namespace zegel::station
