#include "station/orders/digested_source.h"

#include "drivers/base/hex.h"

namespace zegel::station {

DigestedSource::DigestedSource(std::streambuf& from) : from_(from), context_(EVP_MD_CTX_new()) {
    openssl::expect(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1, Fault::Defect,
                    "beginning a digest");
}

DigestedSource::int_type DigestedSource::underflow() {
    if (gptr() < egptr()) return traits_type::to_int_type(*gptr());
    const bool hasLast = gptr() != nullptr && gptr() > eback();
    if (hasLast) octets_[0] = *(gptr() - 1);
    auto* begin = octets_.data() + 1;
    const auto got = from_.sgetn(begin, static_cast<std::streamsize>(octets_.size() - 1));
    if (got <= 0) return traits_type::eof();
    EVP_DigestUpdate(context_.get(), begin, static_cast<std::size_t>(got));
    setg(hasLast ? octets_.data() : begin, begin, begin + got);
    return traits_type::to_int_type(*begin);
}

std::string DigestedSource::digest() {
    while (!traits_type::eq_int_type(underflow(), traits_type::eof()))
        setg(eback(), egptr(), egptr());
    Bytes digest(32);
    EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
    return toHex(digest);
}

}  // namespace zegel::station
