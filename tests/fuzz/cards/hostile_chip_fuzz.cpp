#include "drivers/cards/piv/keys.h"
#include "drivers/cards/piv/objects.h"
#include "drivers/cards/registry.h"
#include "drivers/channel/chaining_channel.h"

#include <algorithm>
#include <functional>
#include <vector>

namespace {

using namespace zegel;  // NOLINT(google-build-using-namespace): the whole file is one test

/// Answers as the input says: two octets of length, then data and status; at its end 6D00.
class HostileChip final : public drivers::Channel {
public:
    explicit HostileChip(ByteView answers) : rest_(answers) {}

    iso7816::ResponseApdu transmit(const iso7816::CommandApdu& /*command*/) override {
        if (rest_.size() < 4) return {{}, iso7816::sw::InstructionNotSupported};
        const std::size_t length = static_cast<std::size_t>(rest_[0] << 8U | rest_[1]);
        rest_ = rest_.subspan(2);
        const auto answer = rest_.first(std::min(std::max<std::size_t>(length, 2), rest_.size()));
        rest_ = rest_.subspan(answer.size());
        const auto data = answer.first(answer.size() - 2);
        return {Bytes{data.begin(), data.end()},
                iso7816::StatusWord{answer[answer.size() - 2], answer.back()}};
    }

private:
    ByteView rest_;
};

class NoKeys final : public cards::CardKeys {
public:
    SecretBytes key(const cards::ChipIdentity& /*chip*/, std::string_view /*role*/,
                    std::size_t length) override {
        return SecretBytes{length};
    }
};

void tryEach(const std::vector<std::function<void()>>& verbs) {
    for (const auto& verb : verbs) {
        try {
            verb();
        } catch (const Failure&) {
            continue;  // the one way out of a driver
        }
    }
}

void useChip(ByteView answers) {
    HostileChip chip{answers};
    drivers::ChainingChannel channel{chip, true};
    const auto driver = cards::recognise(channel, {});
    NoKeys keys;
    const auto pin = secretOf(bytesOf("271828"));
    tryEach({
        [&] { driver->examine(); },
        [&] { driver->readCertificate(Purpose::Authenticity); },
        [&] { driver->makeKey(Purpose::Authenticity, KeyAlgorithm::EcP256); },
        [&] { driver->makeKey(Purpose::Authenticity, KeyAlgorithm::Rsa2048); },
        [&] { driver->attestation(Purpose::Authenticity); },
        [&] { driver->openWithFactoryKeys(); },
        [&] { driver->openWithOwnKeys(keys); },
        [&] { driver->presentPin(pin); },
        [&] { driver->pinTriesLeft(); },
        [&] { driver->pukTriesLeft(); },
        [&] { driver->setTries(3, 3); },
        [&] { driver->takeOver(keys); },
        [&] { driver->factoryDefaultsLeft(pin); },
        [&] { driver->recover(Purpose::Confidentiality, KeyAlgorithm::Rsa2048, Bytes(256)); },
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const ByteView input{octets, size};
    tryEach({
        [&] { useChip(input); },
        [&] { piv::certificateIn(input); },
        [&] { piv::guidIn(input); },
        [&] { piv::publicKeyFrom(input, KeyAlgorithm::EcP384); },
        [&] { piv::publicKeyFrom(input, KeyAlgorithm::Rsa2048); },
    });
    return 0;
}
