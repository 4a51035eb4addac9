#include "station/report/base64_url.h"

#include <openssl/evp.h>

#include <algorithm>

namespace zegel::station {

std::string base64Url(ByteView octets) {
    std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets.data(),
                                       static_cast<int>(octets.size()));
    text.resize(static_cast<std::size_t>(length));
    while (!text.empty() && text.back() == '=')
        text.pop_back();
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

}  // namespace zegel::station
