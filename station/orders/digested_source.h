#pragma once

#include "drivers/base/openssl.h"

#include <array>
#include <streambuf>
#include <string>

namespace zegel::station {

/// Stands between a file and its reader and digests the very octets that are read, so that what is
/// known about a file's content is known about what was understood of it.
class DigestedSource final : public std::streambuf {
public:
    explicit DigestedSource(std::streambuf& from);

    /// Reads on to the end. The SHA-256 over everything, in hexadecimal. Call it once.
    std::string digest();

protected:
    int_type underflow() override;

private:
    std::streambuf& from_;
    openssl::DigestCtxPtr context_;
    std::array<char, (std::size_t{64} << 10U) + 1> octets_{};  ///< the first to be put back
};

}  // namespace zegel::station
