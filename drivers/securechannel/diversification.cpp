#include "drivers/securechannel/diversification.h"

#include "drivers/base/failure.h"

#include <algorithm>
#include <string>

namespace zegel::securechannel {

namespace {

constexpr std::string_view Label = "zegel card key";
constexpr std::size_t LongestKey = 512;

void append32(Bytes& out, std::uint32_t value) {
    for (const int shift : {24, 16, 8, 0}) {
        out.push_back(static_cast<std::uint8_t>(value >> shift));
    }
}

void appendCounted(Bytes& out, std::string_view text, const char* what) {
    if (text.empty() || text.size() > 255) {
        throw Failure{Fault::Defect, std::string{"diversification needs a "} + what +
                                         " of 1 to 255 octets, not " + std::to_string(text.size())};
    }
    out.push_back(static_cast<std::uint8_t>(text.size()));
    out.insert(out.end(), text.begin(), text.end());
}

}  // namespace

SecretBytes deriveInBlocks(CmacKey& master, std::size_t length,
                           const std::function<Bytes(std::uint32_t counter)>& inputOf) {
    SecretBytes key{length};
    key.fill([&](std::span<std::uint8_t> out) {
        for (std::uint32_t counter = 1; !out.empty(); ++counter) {
            auto block = master.cmac(inputOf(counter));
            const auto taken = std::min(out.size(), block.size());
            std::copy_n(block.begin(), taken, out.begin());
            OPENSSL_cleanse(block.data(), block.size());
            out = out.subspan(taken);
        }
    });
    return key;
}

SecretBytes deriveInCounterMode(CmacKey& master, ByteView fixedInput, std::size_t length) {
    if (length == 0 || length > LongestKey) {
        throw Failure{Fault::Defect,
                      "a derived key has 1 to 512 octets, not " + std::to_string(length)};
    }
    return deriveInBlocks(master, length, [&](std::uint32_t counter) {
        Bytes input;
        append32(input, counter);
        input.insert(input.end(), fixedInput.begin(), fixedInput.end());
        return input;
    });
}

SecretBytes diversify(CmacKey& master, std::uint8_t version, std::string_view family,
                      std::string_view serial, std::string_view role, std::size_t length) {
    if (version != CurrentDiversification) {
        throw Failure{Fault::Defect,
                      "card key diversification version " + std::to_string(version) +
                          " is unknown to this station; was the card made by a newer one?"};
    }
    Bytes input = bytesOf(Label);
    input.push_back(0);
    input.push_back(version);
    appendCounted(input, family, "chip family");
    appendCounted(input, serial, "chip serial");
    appendCounted(input, role, "key role");
    append32(input, static_cast<std::uint32_t>(length * 8));
    return deriveInCounterMode(master, input, length);
}

}  // namespace zegel::securechannel
