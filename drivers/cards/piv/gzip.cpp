#include "drivers/cards/piv/gzip.h"

#include "drivers/base/failure.h"

#include <memory>
#include <zlib.h>

namespace zegel::piv {
namespace {

constexpr int LargestWindow = 15;
constexpr int GzipWrapping = 16;  ///< added to the window: write RFC 1952
constexpr int AnyWrapping = 32;   ///< added to the window: read RFC 1952 or RFC 1950
constexpr int DefaultMemory = 8;

template <int (*End)(z_stream*)>
struct Ended {
    void operator()(z_stream* stream) const noexcept { End(stream); }
};

void feed(z_stream& stream, ByteView in, Bytes& out) {
    // zlib does not write through next_in; its interface is older than const.
    stream.next_in =
        const_cast<Bytef*>(in.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
}

}  // namespace

Bytes gzipped(ByteView plain) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, LargestWindow + GzipWrapping,
                     DefaultMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw Failure{Fault::Defect, "zlib does not start"};
    }
    const std::unique_ptr<z_stream, Ended<deflateEnd>> ended{&stream};
    Bytes packed(deflateBound(&stream, static_cast<uLong>(plain.size())));
    feed(stream, plain, packed);
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) {
        throw Failure{Fault::Defect, "zlib does not finish"};
    }
    packed.resize(stream.total_out);
    return packed;
}

Bytes gunzipped(ByteView packed, std::size_t longest) {
    z_stream stream{};
    if (inflateInit2(&stream, LargestWindow + AnyWrapping) != Z_OK) {
        throw Failure{Fault::Defect, "zlib does not start"};
    }
    const std::unique_ptr<z_stream, Ended<inflateEnd>> ended{&stream};
    Bytes plain(longest);
    feed(stream, packed, plain);
    if (inflate(&stream, Z_FINISH) != Z_STREAM_END || stream.avail_in != 0) {
        throw Failure{Fault::CardUntrusted,
                      "a packed certificate on the chip cannot be unpacked; reject the card"};
    }
    plain.resize(stream.total_out);
    return plain;
}

}  // namespace zegel::piv
