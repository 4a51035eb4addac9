#include "tests/unit/securechannel/scp03_card.h"

#include "drivers/base/hex.h"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace zegel::securechannel {
namespace {

using iso7816::ResponseApdu;
using iso7816::StatusWord;

const Bytes Kdd = *fromHex("00010203040506070809");
const Bytes Challenge = *fromHex("A1A2A3A4A5A6A7A8");
const Bytes Sequence = *fromHex("000007");

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const auto& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

std::string cbcName(const Bytes& key) {
    return "AES-" + std::to_string(key.size() * 8) + "-CBC";
}

Bytes cmac(const Bytes& key, const Bytes& message) {
    Bytes tag(16);
    std::size_t length = 0;
    if (EVP_Q_mac(nullptr, "CMAC", nullptr, cbcName(key).c_str(), nullptr, key.data(), key.size(),
                  message.data(), message.size(), tag.data(), tag.size(), &length) == nullptr) {
        throw std::runtime_error{"CMAC"};
    }
    return tag;
}

Bytes cbc(const Bytes& key, const Bytes& iv, const Bytes& in, int encrypt) {
    const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> cipher{
        EVP_CIPHER_fetch(nullptr, cbcName(key).c_str(), nullptr), EVP_CIPHER_free};
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> run{EVP_CIPHER_CTX_new(),
                                                                              EVP_CIPHER_CTX_free};
    Bytes out(in.size() + 16);
    int length = 0;
    if (EVP_CipherInit_ex2(run.get(), cipher.get(), key.data(), iv.data(), encrypt, nullptr) != 1 ||
        EVP_CIPHER_CTX_set_padding(run.get(), 0) != 1 ||
        EVP_CipherUpdate(run.get(), out.data(), &length, in.data(), static_cast<int>(in.size())) !=
            1) {
        throw std::runtime_error{"AES"};
    }
    out.resize(static_cast<std::size_t>(length));
    return out;
}

ResponseApdu status(int value) {
    return {{}, StatusWord{static_cast<std::uint16_t>(value)}};
}

}  // namespace

Scp03Card::Scp03Card(Bytes enc, Bytes mac, std::uint8_t options)
    : enc_(std::move(enc)), mac_(std::move(mac)), options_(options) {}

ResponseApdu Scp03Card::transmit(const iso7816::CommandApdu& command) {
    auto octets = command.encoded().disclose(Disclosure::ToCheck, [](ByteView all) {
        return Bytes{all.begin(), all.end()};
    });
    onTheWayIn(octets);
    onTheWire.push_back(octets);
    auto response = answer(octets);
    onTheWayOut(response);
    return response;
}

ResponseApdu Scp03Card::answer(const Bytes& octets) {
    Bytes data;
    if (octets.size() > 5) data.assign(octets.begin() + 5, octets.begin() + 5 + octets[4]);
    if (octets[0] == 0x80 && octets[1] == 0x50) return initialize(data);
    if (octets[0] == 0x84 && octets[1] == 0x82) return authenticate(octets, data);
    return secured(octets, data);
}

// 6.2.1 and 7.1.1
ResponseApdu Scp03Card::initialize(const Bytes& data) {
    context_ = joined({data, Challenge});
    const auto bits = static_cast<int>(enc_.size()) * 8;
    sEnc_ = derive(enc_, 4, bits);
    sMac_ = derive(mac_, 6, bits);
    sRmac_ = derive(mac_, 7, bits);
    chaining_.assign(16, 0);
    counter_ = 0;
    const bool counted = (options_ & 0x10) != 0;
    return {joined({Kdd,
                    {0x30, 0x03, options_},
                    Challenge,
                    derive(sMac_, 0, 64),
                    counted ? Sequence : Bytes{}}),
            iso7816::sw::Ok};
}

// 4.1.5: label of eleven zeros and the constant, a separator, L, i, context
Bytes Scp03Card::derive(const Bytes& key, int constant, int bits) const {
    Bytes out;
    for (int i = 1; i <= (bits + 127) / 128; ++i) {
        Bytes input(16);
        input[11] = static_cast<std::uint8_t>(constant);
        input[13] = static_cast<std::uint8_t>(bits / 256);
        input[14] = static_cast<std::uint8_t>(bits % 256);
        input[15] = static_cast<std::uint8_t>(i);
        out = joined({out, cmac(key, joined({input, context_}))});
    }
    out.resize(static_cast<std::size_t>(bits / 8));
    return out;
}

// 6.2.4: over the chaining value, the modified header and the data as it came
bool Scp03Card::takeMac(const Bytes& command, Bytes& data) {
    if (data.size() < 8) return false;
    const Bytes mac(data.end() - 8, data.end());
    data.resize(data.size() - 8);
    const auto full =
        cmac(sMac_, joined({chaining_, Bytes(command.begin(), command.begin() + 5), data}));
    if (!std::equal(mac.begin(), mac.end(), full.begin())) return false;
    chaining_ = full;
    return true;
}

ResponseApdu Scp03Card::authenticate(const Bytes& command, const Bytes& data) {
    ++authentications;
    auto body = data;
    if (!takeMac(command, body) || body != derive(sMac_, 1, 64)) return status(0x6300);
    level_ = command[2];
    open = true;
    return status(0x9000);
}

// 6.2.6 and 6.2.7
Bytes Scp03Card::counterBlock(int first) const {
    Bytes block(16);
    block[0] = static_cast<std::uint8_t>(first);
    block[14] = static_cast<std::uint8_t>(counter_ / 256);
    block[15] = static_cast<std::uint8_t>(counter_ % 256);
    return cbc(sEnc_, Bytes(16), block, 1);
}

ResponseApdu Scp03Card::secured(const Bytes& command, Bytes data) {
    if (!open || (command[0] & 0x04) == 0 || !takeMac(command, data)) {
        open = false;
        return status(0x6982);
    }
    ++counter_;
    if ((level_ & 0x02) != 0 && !data.empty()) {
        data = cbc(sEnc_, counterBlock(0), data, 0);
        while (data.back() == 0)
            data.pop_back();
        data.pop_back();
    }
    auto response = act(command, data);
    const auto sw1 = response.status.sw1();
    if ((level_ & 0x10) == 0 || (sw1 != 0x90 && sw1 != 0x62 && sw1 != 0x63)) return response;
    if ((level_ & 0x20) != 0 && !response.data.empty()) {
        response.data.push_back(0x80);
        response.data.resize((response.data.size() + 15) / 16 * 16);
        response.data = cbc(sEnc_, counterBlock(0x80), response.data, 1);
    }
    auto mac = cmac(sRmac_, joined({chaining_, response.data, {sw1, response.status.sw2()}}));
    mac.resize(8);
    response.data = joined({response.data, mac});
    return response;
}

ResponseApdu Scp03Card::act(const Bytes& command, const Bytes& data) {
    switch (command[1]) {
        case 0xCA: return {Bytes(command[3], 0x5A), iso7816::sw::Ok};
        case 0xDA: taken = data; return status(0x9000);
        case 0xF2: return {{0x4F}, StatusWord{0x6310}};
        default: return {{0xEE}, iso7816::sw::FileNotFound};
    }
}

}  // namespace zegel::securechannel
