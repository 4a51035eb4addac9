#include "station/journey/stages.h"

#include <exception>
#include <future>

namespace zegel::station {
namespace {

SubjectName subjectOf(const Order& order) {
    return {order.subject.country, order.subject.organisation,
            order.subject.kvkNumber.empty() ? "" : "NTRNL-" + order.subject.kvkNumber,
            order.subject.group, order.subject.oin};
}

Bytes signInStation(EVP_PKEY& key, SignatureScheme scheme, ByteView digest) {
    const openssl::PkeyCtxPtr context{EVP_PKEY_CTX_new(&key, nullptr)};
    const auto* hash = scheme == SignatureScheme::RsaPssSha512  ? EVP_sha512()
                       : scheme == SignatureScheme::EcdsaSha384 ? EVP_sha384()
                                                                : EVP_sha256();
    bool ok = context && EVP_PKEY_sign_init(context.get()) == 1 &&
              EVP_PKEY_CTX_set_signature_md(context.get(), hash) == 1;
    if (ok && scheme == SignatureScheme::RsaPssSha512) {
        ok = EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    std::size_t size = 0;
    ok = ok && EVP_PKEY_sign(context.get(), nullptr, &size, digest.data(), digest.size()) == 1;
    Bytes signature(size);
    ok = ok &&
         EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) == 1;
    openssl::expect(ok, Fault::Defect, "signing a certificate request");
    signature.resize(size);
    return signature;
}

Ticket ticketFor(const Luggage& luggage, const MadeKey& key) {
    const auto signOnChip = [&](SignatureScheme scheme, ByteView digest) {
        // A key for authenticity asks for the PIN before every use.
        if (!luggage.chip().presentFactoryPin().accepted) {
            throw Failure{Fault::CardRefused, "the factory PIN is not accepted any more"};
        }
        return luggage.chip().sign(key.rule.purpose, key.rule.algorithm, scheme, digest);
    };
    const auto signHere = [&](SignatureScheme scheme, ByteView digest) {
        return signInStation(*key.inStation, scheme, digest);
    };
    CertificateWish wish{subjectOf(luggage.claim.order), key.rule, key.spki};
    if (key.inStation) return luggage.house.authority.prepare(std::move(wish), signHere);
    return luggage.house.authority.prepare(std::move(wish), signOnChip);
}

struct Question {
    CertificateRow row;
    cardprofiles::KeyRule rule;
    std::future<std::unique_ptr<PendingCertificate>> answer;
};

/// All intents are durable before the first request leaves the house.
std::vector<Question> intendAll(const Luggage& luggage, const std::vector<Ticket>& tickets) {
    std::vector<CertificateAsked> asked;
    for (const auto& ticket : tickets)
        asked.push_back({ticket.wish().rule.purpose, ticket.transaction(), ticket.request()});
    const auto rows = luggage.house.ledger.intendCertificates(luggage.claim, asked);
    std::vector<Question> questions;
    for (std::size_t at = 0; at < rows.size(); ++at)
        questions.push_back({rows[at], tickets[at].wish().rule, {}});
    return questions;
}

CertificateReceived receivedOf(const IssuedCertificate& issued) {
    return {issued.der, issued.serial, issued.notBefore, issued.notAfter};
}

bool isThere(const std::future<std::unique_ptr<PendingCertificate>>& answer) {
    return answer.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
}

/// Writes down every answer, good or bad, before the first bad one ends the walk: a certificate
/// that nobody noted could never be revoked. Answers that came together are written together; none
/// waits for another one's coming.
std::vector<CardCertificate> collect(Ledger& ledger, std::vector<Question> questions) {
    std::vector<CardCertificate> certificates;
    std::vector<CertificateAnswer> unwritten;
    std::exception_ptr firstBad;
    for (auto& question : questions) {
        if (!isThere(question.answer)) ledger.recordIssued(std::exchange(unwritten, {}));
        try {
            auto pending = question.answer.get();
            unwritten.push_back({question.row, receivedOf(pending->certificate())});
            certificates.push_back({question.row, question.rule, std::move(pending)});
        } catch (const CertificateRejected& rejected) {
            unwritten.push_back({question.row, receivedOf(rejected.rejected())});
            if (!firstBad) firstBad = std::current_exception();
        } catch (const CertificateNotIssued&) {
            ledger.recordNotIssued(question.row);
            if (!firstBad) firstBad = std::current_exception();
        } catch (const std::exception&) {
            if (!firstBad) firstBad = std::current_exception();
        }
    }
    ledger.recordIssued(unwritten);
    if (firstBad) std::rethrow_exception(firstBad);
    return certificates;
}

}  // namespace

std::vector<std::string> numbersOf(const Claim& claim) {
    return {claim.order.id.value(), claim.number.value(), claim.chip.serial.value(),
            claim.order.subject.kvkNumber, claim.order.subject.oin.value_or("")};
}

Certified certify(Keyed&& keyed) {
    auto luggage = std::move(keyed.luggage_);
    auto& ledger = luggage.house.ledger;
    auto& authority = luggage.house.authority;
    luggage.house.tell(Step::Certify);

    std::vector<Ticket> tickets;
    for (const auto& key : keyed.keys_)
        tickets.push_back(ticketFor(luggage, key));

    auto questions = intendAll(luggage, tickets);
    for (std::size_t at = 0; at < questions.size(); ++at) {
        questions[at].answer =
            std::async(std::launch::async, [&authority, ticket = std::move(tickets[at])]() mutable {
                return authority.redeem(std::move(ticket));
            });
    }
    auto certificates = collect(ledger, std::move(questions));
    for (const auto& certificate : certificates) {
        luggage.chip().writeCertificate(certificate.rule.purpose,
                                        certificate.pending->certificate().der);
    }
    // Got only after every answer is written down, whatever became of it.
    auto drawn = keyed.drawing_.get();
    return Certified{std::move(luggage), std::move(certificates), std::move(drawn)};
}

}  // namespace zegel::station
