#pragma once

#include "drivers/base/hex.h"
#include "drivers/base/openssl.h"
#include "drivers/cards/registry.h"
#include "drivers/channel/chaining_channel.h"
#include "hwsim/chips/piv_chip.h"
#include "hwsim/doors/in_process.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

namespace zegel::cards {

/// Keys of a card from a fixed master, as long as asked for.
class KeysFromAMaster final : public CardKeys {
public:
    SecretBytes key(const ChipIdentity& chip, std::string_view role, std::size_t length) override {
        Bytes octets(length);
        const auto seed = chip.serial.value() + std::string{role};
        for (std::size_t at = 0; at < length; ++at) {
            octets[at] = static_cast<std::uint8_t>(seed[at % seed.size()] + static_cast<int>(at));
        }
        lengths.push_back(length);
        return SecretBytes{std::move(octets)};
    }

    std::vector<std::size_t> lengths{};
};

/// A simulated chip in a reader on the table, met by the registry.
class PivTable {
public:
    explicit PivTable(std::string_view model) : PivTable(hwsim::blankPivChip(model, 0x00C0FFEE)) {}

    explicit PivTable(std::shared_ptr<hwsim::PivChip> silicon) : chip(std::move(silicon)) {
        bench.addReader(name);
        bench.insert(name, chip);
        reader = bench.reader(name);
        session = reader->connect();
        channel = std::make_unique<drivers::ChainingChannel>(*session,
                                                             chip->memory().model.extendedApdus);
        meet();
    }

    /// As a stranger would: powered down and up, selected, asked who it is.
    CardDriver& meetAfresh() {
        session->powerCycle();
        return meet();
    }

    CardDriver& meet() {
        driver = recognise(*channel, session->atr());
        return *driver;
    }

    std::uint64_t exchanges() const { return bench.traffic(name).exchanges; }

    ReaderName name{"Table 00 00"};
    hwsim::InProcessBench bench;
    std::shared_ptr<hwsim::PivChip> chip;
    std::unique_ptr<drivers::Reader> reader;
    std::unique_ptr<drivers::CardSession> session;
    std::unique_ptr<drivers::ChainingChannel> channel;
    std::unique_ptr<CardDriver> driver;
};

inline SecretBytes code(std::string_view digits) {
    return secretOf(bytesOf(digits));
}

inline std::string refusalOf(Fault expected, const std::function<void()>& act) {
    try {
        act();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), expected) << failure.what();
        return failure.what();
    }
    ADD_FAILURE() << "nothing was refused";
    return {};
}

inline Bytes digestOf(const EVP_MD* algorithm, ByteView message) {
    Bytes digest(static_cast<std::size_t>(EVP_MD_get_size(algorithm)));
    EVP_Digest(message.data(), message.size(), digest.data(), nullptr, algorithm, nullptr);
    return digest;
}

/// OpenSSL's word on a signature over a message.
bool verifies(SignatureScheme scheme, ByteView spki, ByteView message, ByteView signature);

}  // namespace zegel::cards
