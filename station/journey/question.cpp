#include "station/journey/question.h"

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

CertificateReceived receivedOf(const IssuedCertificate& issued) {
    return {issued.der, issued.serial, issued.notBefore, issued.notAfter};
}

CardCertificate askedFor(Ticket&& ticket, const Claim& claim, const House& house) {
    const auto rule = ticket.wish().rule;
    const auto row =
        house.ledger.intendCertificate(claim, rule.purpose, ticket.transaction(), ticket.request());
    try {
        auto pending = house.authority.redeem(std::move(ticket));
        house.ledger.recordIssued(row, receivedOf(pending->certificate()));
        return {row, rule, std::move(pending)};
    } catch (const CertificateRejected& rejected) {
        house.ledger.recordIssued(row, receivedOf(rejected.rejected()));
        rejected.refuse();
        throw;
    } catch (const CertificateNotIssued&) {
        house.ledger.recordNotIssued(row);
        throw;
    }
}

}  // namespace

std::future<CardCertificate> askAuthority(const Luggage& luggage, const MadeKey& key) {
    return std::async(std::launch::async, [&house = luggage.house, claim = luggage.claim,
                                           ticket = ticketFor(luggage, key)]() mutable {
        return askedFor(std::move(ticket), claim, house);
    });
}

}  // namespace zegel::station
