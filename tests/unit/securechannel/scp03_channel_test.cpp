#include "drivers/securechannel/scp03_channel.h"

#include "drivers/base/hex.h"
#include "tests/unit/securechannel/scp03_card.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace zegel::securechannel {
namespace {

using iso7816::CommandApdu;
using iso7816::ResponseApdu;
using enum Scp03Level;

Bytes keyOctets(std::uint8_t first, std::size_t length) {
    Bytes octets(length);
    for (std::size_t at = 0; at < length; ++at)
        octets[at] = static_cast<std::uint8_t>(first + at);
    return octets;
}

std::optional<Fault> faultOf(const std::function<void()>& act) {
    try {
        act();
    } catch (const Failure& failure) {
        return failure.fault();
    }
    return std::nullopt;
}

CommandApdu give(std::uint8_t octets) {
    return CommandApdu{{0x80, 0xCA, 0, octets}, {}, 256};
}

CommandApdu take(std::size_t octets) {
    return CommandApdu{{0x80, 0xDA, 0, 0}, Bytes(octets, 0xC3), 256};
}

class Scp03 : public testing::Test {
protected:
    explicit Scp03(std::uint8_t options = 0x70, std::size_t length = 16)
        : card{keyOctets(0x40, length), keyOctets(0x60, length), options},
          enc{SecretBytes{keyOctets(0x40, length)}},
          mac{SecretBytes{keyOctets(0x60, length)}},
          length_{length} {}

    Scp03Channel open(Scp03Level level = EverythingEncrypted) {
        const auto opening = initializeUpdate(card, 0x30);
        return Scp03Channel{card, opening, {enc, mac, length_}, {level, {}}};
    }

    Scp03Card card;
    MemoryCmacKey enc;
    MemoryCmacKey mac;

private:
    std::size_t length_;
};

struct Way {
    Scp03Level level;
    std::size_t keyLength;
};

class Scp03AtEveryLevel : public Scp03, public testing::WithParamInterface<Way> {
protected:
    Scp03AtEveryLevel() : Scp03{0x70, GetParam().keyLength} {}
};

TEST_P(Scp03AtEveryLevel, carriesCommandsAndAnswersOfEveryLength) {
    auto channel = open(GetParam().level);
    for (std::size_t count = 0; count <= 64; ++count) {
        const auto answer = channel.transmit(give(static_cast<std::uint8_t>(count)));
        EXPECT_EQ(answer.data, Bytes(count, 0x5A));
        EXPECT_EQ(answer.status, iso7816::sw::Ok);
        EXPECT_EQ(channel.transmit(take(count)).status, iso7816::sw::Ok);
        EXPECT_EQ(card.taken, Bytes(count, 0xC3));
    }
    const auto longest = Scp03Channel::longestData(GetParam().level);
    EXPECT_EQ(channel.transmit(take(longest)).status, iso7816::sw::Ok);
    EXPECT_EQ(card.taken.size(), longest);
}

TEST_P(Scp03AtEveryLevel, goesOnAfterAWarningAndARefusal) {
    auto channel = open(GetParam().level);
    const auto warned = channel.transmit(CommandApdu{{0x80, 0xF2, 0, 0}, {}, 256});
    EXPECT_EQ(toHex(warned.data), "4F");
    EXPECT_EQ(warned.status.value(), 0x6310);
    EXPECT_EQ(channel.transmit(CommandApdu{{0x00, 0xB0, 0, 0}, {}, 256}).status,
              iso7816::sw::FileNotFound);
    EXPECT_EQ(channel.transmit(give(300 - 256)).data.size(), 44U);
}

TEST_P(Scp03AtEveryLevel, showsTheCardNoPlainDataWhereCommandsAreEncrypted) {
    auto channel = open(GetParam().level);
    channel.transmit(take(40));
    const bool plain = toHex(card.onTheWire.back()).find("C3C3C3C3") != std::string::npos;
    EXPECT_EQ(plain, GetParam().level == CommandMac || GetParam().level == BothMacs);
}

INSTANTIATE_TEST_SUITE_P(Levels, Scp03AtEveryLevel,
                         testing::Values(Way{CommandMac, 16}, Way{CommandEncryption, 16},
                                         Way{BothMacs, 24}, Way{CommandEncryptionBothMacs, 32},
                                         Way{EverythingEncrypted, 16}, Way{EverythingEncrypted, 24},
                                         Way{EverythingEncrypted, 32}),
                         [](const auto& given) {
                             const auto level = static_cast<std::uint8_t>(given.param.level);
                             return "Aes" + std::to_string(8 * given.param.keyLength) + "_level" +
                                    toHex(Bytes{level});
                         });

TEST_F(Scp03, neverTriesAuthenticationOnACardThatDoesNotKnowTheKeys) {
    card.onTheWayOut = [](ResponseApdu& answer) { answer.data[28] ^= 1; };
    EXPECT_EQ(faultOf([&] { open(); }), Fault::CardUntrusted);
    EXPECT_EQ(card.authentications, 0);
}

TEST_F(Scp03, neverTriesAuthenticationWithWrongKeys) {
    Scp03Card other{keyOctets(0x40, 16), keyOctets(0x61, 16), 0x70};
    const auto opening = initializeUpdate(other, 0x30);
    EXPECT_EQ(faultOf([&] {
                  Scp03Channel{other, opening, {enc, mac, 16}, {}};
              }),
              Fault::CardUntrusted);
    EXPECT_EQ(other.authentications, 0);
}

TEST_F(Scp03, checksAPseudoRandomChallengeWhenTheApplicationIsNamed) {
    const auto opening = initializeUpdate(card, 0x30);  // this card's challenge is a fixed one
    const Scp03Terms terms{EverythingEncrypted, *fromHex("A000000151000000")};
    EXPECT_EQ(faultOf([&] {
                  Scp03Channel{card, opening, {enc, mac, 16}, terms};
              }),
              Fault::CardUntrusted);
    EXPECT_EQ(card.authentications, 0);
}

TEST_F(Scp03, saysThatTheCardRefusedUs) {
    card.onTheWayIn = [](Bytes& command) {
        if (command[1] == 0x82) command[6] ^= 1;
    };
    EXPECT_EQ(faultOf([&] { open(); }), Fault::CardRefused);
    EXPECT_EQ(card.authentications, 1);
}

TEST_F(Scp03, takesNoAnswerWithATamperedMacOrText) {
    for (const std::size_t at : {0U, 15U, 16U, 23U}) {
        auto channel = open();
        card.onTheWayOut = [at](ResponseApdu& answer) { answer.data.at(at) ^= 0x80; };
        EXPECT_EQ(faultOf([&] { channel.transmit(give(5)); }), Fault::CardUntrusted) << at;
        card.onTheWayOut = [](ResponseApdu&) {};
        EXPECT_EQ(faultOf([&] { channel.transmit(give(5)); }), Fault::CardUntrusted)
            << "the channel went on";
    }
}

TEST_F(Scp03, takesNoAnswerWithAnotherStatus) {
    auto channel = open(BothMacs);
    card.onTheWayOut = [](ResponseApdu& answer) { answer.status = iso7816::StatusWord{0x6310}; };
    EXPECT_EQ(faultOf([&] { channel.transmit(give(5)); }), Fault::CardUntrusted);
}

TEST_F(Scp03, takesNoTruncatedAnswer) {
    for (const std::size_t length : {0U, 7U, 8U, 23U}) {
        auto channel = open();
        card.onTheWayOut = [length](ResponseApdu& answer) { answer.data.resize(length); };
        EXPECT_EQ(faultOf([&] { channel.transmit(give(5)); }), Fault::CardUntrusted) << length;
        card.onTheWayOut = [](ResponseApdu&) {};
    }
}

TEST_F(Scp03, takesNoAnswerTwice) {
    auto channel = open(BothMacs);
    ResponseApdu first{{}, iso7816::sw::Ok};
    card.onTheWayOut = [&](ResponseApdu& answer) { first = answer; };
    channel.transmit(give(5));
    card.onTheWayOut = [&](ResponseApdu& answer) { answer = first; };
    EXPECT_EQ(faultOf([&] { channel.transmit(give(5)); }), Fault::CardUntrusted);
}

TEST_F(Scp03, passesNoDataThatComesWithARefusal) {
    auto channel = open();
    const auto answer = channel.transmit(CommandApdu{{0x00, 0xB0, 0, 0}, {}, 256});
    EXPECT_EQ(answer.status, iso7816::sw::FileNotFound);
    EXPECT_TRUE(answer.data.empty());
}

TEST_F(Scp03, endsWhenAnExchangeFailsBelow) {
    auto channel = open();
    card.onTheWayIn = [](Bytes&) { throw Failure{Fault::CardPulled, "pulled"}; };
    EXPECT_EQ(faultOf([&] { channel.transmit(give(5)); }), Fault::CardPulled);
    card.onTheWayIn = [](Bytes&) {};
    EXPECT_EQ(faultOf([&] { channel.transmit(give(5)); }), Fault::CardUntrusted);
}

TEST_F(Scp03, theCardTakesNoTamperedCommand) {
    auto channel = open(CommandMac);
    card.onTheWayIn = [](Bytes& command) { command[3] ^= 1; };
    EXPECT_EQ(channel.transmit(give(5)).status, iso7816::sw::SecurityStatusNotSatisfied);
}

TEST_F(Scp03, refusesCommandsThatItCannotCarryAndStaysOpen) {
    auto channel = open();
    EXPECT_EQ(faultOf([&] { channel.transmit(take(240)); }), Fault::Defect);
    EXPECT_EQ(faultOf([&] { channel.transmit(CommandApdu{{0x81, 0xCA, 0, 0}}); }), Fault::Defect);
    EXPECT_EQ(faultOf([&] { channel.transmit(CommandApdu{{0x84, 0xCA, 0, 0}}); }), Fault::Defect);
    EXPECT_EQ(faultOf([&] {
                  channel.transmit(CommandApdu{{0x80, 0xCA, 0, 0}, {}, 257});
              }),
              Fault::Defect);
    EXPECT_EQ(channel.transmit(give(5)).data.size(), 5U);
}

TEST_F(Scp03, keepsAWithheldBodyWithheld) {
    class Onlooker final : public drivers::Channel {
    public:
        explicit Onlooker(drivers::Channel& inner) : inner_(inner) {}

        ResponseApdu transmit(const CommandApdu& command) override {
            last = iso7816::describe(command);
            return inner_.transmit(command);
        }

        std::string last;

    private:
        drivers::Channel& inner_;
    } onlooker{card};

    const auto opening = initializeUpdate(onlooker, 0x30);
    Scp03Channel channel{onlooker, opening, {enc, mac, 16}, {CommandMac, {}}};
    channel.transmit(
        CommandApdu{{0x80, 0xDA, 0, 0}, Bytes(8, 0x31), 0, CommandApdu::Body::Withheld});
    EXPECT_EQ(onlooker.last, "84DA0000 [16 bytes withheld]");
}

class Scp03WithRandomChallenge : public Scp03 {
protected:
    Scp03WithRandomChallenge() : Scp03{0x60} {}
};

TEST_F(Scp03WithRandomChallenge, opensWithoutASequence) {
    auto channel = open();
    EXPECT_EQ(channel.transmit(give(5)).data.size(), 5U);
}

class Scp03WithPlainAnswers : public Scp03 {
protected:
    Scp03WithPlainAnswers() : Scp03{0x10} {}
};

TEST_F(Scp03WithPlainAnswers, opensOnlyAtLevelsThatTheCardHas) {
    EXPECT_EQ(faultOf([&] { open(); }), Fault::CardUnsuitable);
    EXPECT_EQ(faultOf([&] { open(BothMacs); }), Fault::CardUnsuitable);
    EXPECT_EQ(card.authentications, 0);
    auto channel = open(CommandEncryption);
    EXPECT_EQ(channel.transmit(give(5)).data.size(), 5U);
}

std::optional<Fault> openingFault(const std::function<void(ResponseApdu&)>& spoil,
                                  std::uint8_t keyVersion = 0x30) {
    Scp03Card card{keyOctets(0x40, 16), keyOctets(0x60, 16), 0x70};
    card.onTheWayOut = spoil;
    return faultOf([&] { initializeUpdate(card, keyVersion); });
}

TEST(Scp03Opening, takesOnlyAnswersOfTheRightLength) {
    for (const std::size_t length : {0U, 12U, 13U, 29U, 31U, 33U}) {
        EXPECT_EQ(openingFault([&](ResponseApdu& answer) { answer.data.resize(length); }),
                  Fault::CardUntrusted)
            << length;
    }
}

TEST(Scp03Opening, tellsOtherProtocolsFromScp03) {
    EXPECT_EQ(openingFault([](ResponseApdu& answer) { answer.data[11] = 2; }),
              Fault::CardUnsuitable);
    EXPECT_EQ(openingFault([](ResponseApdu& answer) { answer.data[12] |= 1; }),
              Fault::CardUnsuitable);
}

TEST(Scp03Opening, saysWhatTheCardRefused) {
    EXPECT_EQ(openingFault([](ResponseApdu& answer) {
                  answer = {{}, iso7816::sw::ReferencedDataNotFound};
              }),
              Fault::CardRefused);
}

TEST(Scp03Opening, takesNoOtherKeyVersionThanItAskedFor) {
    EXPECT_EQ(openingFault([](ResponseApdu&) {}, 0x31), Fault::CardUntrusted);
    EXPECT_EQ(openingFault([](ResponseApdu&) {}, 0), std::nullopt);
}

}  // namespace
}  // namespace zegel::securechannel
