#include "drivers/base/certificate_facts.h"

#include "drivers/base/hex.h"

#include <ctime>

namespace zegel::openssl {
namespace {

TimePoint timeOf(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return TimePoint{std::chrono::seconds{::timegm(&parts)}};
}

}  // namespace

std::string serialOf(const X509& certificate) {
    const BignumPtr number{ASN1_INTEGER_to_BN(X509_get0_serialNumber(&certificate), nullptr)};
    Bytes octets(static_cast<std::size_t>(BN_num_bytes(number.get())));
    BN_bn2bin(number.get(), octets.data());
    return toHex(octets);
}

TimePoint notBeforeOf(const X509& certificate) {
    return timeOf(X509_get0_notBefore(&certificate));
}

TimePoint notAfterOf(const X509& certificate) {
    return timeOf(X509_get0_notAfter(&certificate));
}

bool holdsKeyOf(const X509& certificate, ByteView request, Fault fault) {
    const auto* at = request.data();
    const RequestPtr asked{d2i_X509_REQ(nullptr, &at, static_cast<long>(request.size()))};
    const auto* const wanted = asked ? X509_REQ_get0_pubkey(asked.get()) : nullptr;
    expect(wanted != nullptr, fault, "the certificate request");
    const auto* const there = X509_get0_pubkey(&certificate);
    expect(there != nullptr, fault, "the certificate's public key");
    return EVP_PKEY_eq(there, wanted) == 1;
}

}  // namespace zegel::openssl
