#include "drivers/base/spki.h"

namespace zegel::openssl {
namespace {

using AlgorithmPtr = std::unique_ptr<X509_ALGOR, Freed<X509_ALGOR_free>>;
using BitStringPtr = std::unique_ptr<ASN1_BIT_STRING, Freed<ASN1_BIT_STRING_free>>;

/// What stands inside the outermost element; empty when there is none.
ByteView insideOf(ByteView der) {
    const auto* at = der.data();
    long length = 0;
    int tag = 0;
    int kind = 0;
    const auto read = ASN1_get_object(&at, &length, &tag, &kind, static_cast<long>(der.size()));
    if ((read & 0x81) != 0) return {};  // broken, or of no definite length
    return {at, static_cast<std::size_t>(length)};
}

}  // namespace

bool putSpki(X509_PUBKEY& place, ByteView spki) {
    const auto inside = insideOf(spki);
    const auto* at = inside.data();
    const auto* const end = at + inside.size();
    const AlgorithmPtr algorithm{d2i_X509_ALGOR(nullptr, &at, end - at)};
    const BitStringPtr bits{algorithm ? d2i_ASN1_BIT_STRING(nullptr, &at, end - at) : nullptr};
    if (!bits || at != end) {
        takeErrors();
        return false;
    }
    int type = 0;
    const void* value = nullptr;
    X509_ALGOR_get0(nullptr, &type, &value, algorithm.get());
    if (type != V_ASN1_OBJECT && type != V_ASN1_NULL) return false;
    const auto size = ASN1_STRING_length(bits.get());
    auto* const copy = static_cast<unsigned char*>(
        OPENSSL_memdup(ASN1_STRING_get0_data(bits.get()), static_cast<std::size_t>(size)));
    void* const curve =
        type == V_ASN1_OBJECT ? OBJ_dup(static_cast<const ASN1_OBJECT*>(value)) : nullptr;
    const bool put =
        X509_PUBKEY_set0_param(&place, OBJ_dup(algorithm->algorithm), type, curve, copy, size) == 1;
    expect(put, Fault::Defect, "the key of a certificate");
    return true;
}

}  // namespace zegel::openssl
