#include "tests/test_name.h"
#include "tests/unit/hwsim/chip_desk.h"

namespace zegel::hwsim {
namespace {

// AES: NIST SP 800-38A, F.1.1, F.1.3 and F.1.5, first block. 3DES: NIST SP 800-67, appendix B.1,
// first block.

TEST(BlockCipher, agreesWithThePublishedVectors) {
    const Bytes block = *fromHex("6BC1BEE22E409F96E93D7E117393172A");
    EXPECT_EQ(toHex(encryptBlock(piv::Aes128, *fromHex("2B7E151628AED2A6ABF7158809CF4F3C"), block)),
              "3AD77BB40D7A3660A89ECAF32466EF97");
    EXPECT_EQ(
        toHex(encryptBlock(piv::Aes192,
                           *fromHex("8E73B0F7DA0E6452C810F32B809079E562F8EAD2522C6B7B"), block)),
        "BD334F1D6E45F25FF712A214571FA5CC");
    EXPECT_EQ(
        toHex(encryptBlock(
            piv::Aes256,
            *fromHex("603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4"), block)),
        "F3EED1BDB5D2A03C064B5A7E3DB181F8");
    EXPECT_EQ(toHex(encryptBlock(piv::TripleDes,
                                 *fromHex("0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123"),
                                 *fromHex("5468652071756663"))),
              "A826FD8CE53B855F");
}

class PivManagement : public testing::TestWithParam<const char*> {
protected:
    PivManagement() : desk(GetParam()) { desk.select(); }

    std::string header() const { return "0087" + toHex(Bytes{key().algorithm}) + "9B"; }
    const ManagementKey& key() const { return desk.chip->memory().management; }
    std::size_t block() const { return blockLength(key().algorithm); }

    static std::string octet(std::size_t value) {
        return toHex(Bytes{static_cast<std::uint8_t>(value)});
    }
    std::string encrypted(ByteView plain) const {
        return toHex(encryptBlock(key().algorithm, key().value, plain));
    }
    /// The block inside 7C { tag block }.
    Bytes inner(const std::string& answer) const {
        const Bytes octets = *fromHex(answer);
        return {octets.begin() + 4, octets.begin() + 4 + static_cast<std::ptrdiff_t>(block())};
    }
    std::string answerChallenge(const std::string& response) {
        return desk.say(header() + octet(block() + 4) + "7C" + octet(block() + 2) + "82" +
                        octet(block()) + response);
    }
    bool mayAdminister() { return desk.say("00DB3FFF0A5C035FC1055303700100") == "9000"; }

    ChipDesk desk;
};

TEST_P(PivManagement, lockedAtFirst) {
    EXPECT_FALSE(mayAdminister());
    EXPECT_EQ(desk.say("0047009A05AC0380011100"), "6982");
}

TEST_P(PivManagement, openedByAnEncryptedChallenge) {
    const Bytes challenge = inner(desk.say(header() + "047C02810000"));
    EXPECT_EQ(answerChallenge(encrypted(challenge)), "9000");
    EXPECT_TRUE(mayAdminister());
}

TEST_P(PivManagement, aChallengeServesOnce) {
    const Bytes challenge = inner(desk.say(header() + "047C02810000"));
    EXPECT_EQ(answerChallenge(toHex(Bytes(block(), 0))), "6982");
    EXPECT_EQ(answerChallenge(encrypted(challenge)), "6982");
    EXPECT_FALSE(mayAdminister());
}

TEST_P(PivManagement, challengesDiffer) {
    EXPECT_NE(desk.say(header() + "047C02810000"), desk.say(header() + "047C02810000"));
    EXPECT_NE(desk.say(header() + "047C02800000"), desk.say(header() + "047C02800000"));
}

TEST_P(PivManagement, aFailedTryClosesWhatWasOpen) {
    desk.authenticate();
    desk.say(header() + "047C02810000");
    answerChallenge(toHex(Bytes(block(), 0)));
    EXPECT_FALSE(mayAdminister());
}

TEST_P(PivManagement, refusesAWrongWitness) {
    desk.say(header() + "047C02800000");
    const std::string zeros = toHex(Bytes(block(), 0));
    EXPECT_EQ(desk.say(header() + octet(2 * block() + 6) + "7C" + octet(2 * block() + 4) + "80" +
                       octet(block()) + zeros + "81" + octet(block()) + zeros),
              "6982");
    EXPECT_FALSE(mayAdminister());
}

TEST_P(PivManagement, doesNotEncryptForStrangers) {
    const std::string zeros = toHex(Bytes(block(), 0));
    EXPECT_EQ(desk.say(header() + octet(block() + 6) + "7C" + octet(block() + 4) + "820081" +
                       octet(block()) + zeros),
              "6A80");
}

TEST_P(PivManagement, refusesAnotherAlgorithmAndBrokenTemplates) {
    const std::string other = key().algorithm == piv::Aes128 ? "0A" : "08";
    EXPECT_EQ(desk.say("0087" + other + "9B047C028100"), "6A86");
    EXPECT_EQ(desk.say(header() + "047D028100"), "6A80");
    EXPECT_EQ(desk.say(header() + "047C038100"), "6A80");
    EXPECT_EQ(desk.say(header() + "027C00"), "6A80");
}

INSTANTIATE_TEST_SUITE_P(Models, PivManagement, testing::Values("5.7", "5.4", "plain"),
                         tests::ByText);

TEST(PivManagementMutual, provesBothSidesToEachOther) {
    // One with AES and one with 3DES; the witness is deciphered as the host does it.
    for (const char* model : {"5.7", "5.4"}) {
        ChipDesk desk(model);
        desk.select();
        const ManagementKey& key = desk.chip->memory().management;
        const std::string header = "0087" + toHex(Bytes{key.algorithm}) + "9B";
        const std::size_t block = blockLength(key.algorithm);
        const auto octet = [](std::size_t value) {
            return toHex(Bytes{static_cast<std::uint8_t>(value)});
        };
        const Bytes answer = *fromHex(desk.say(header + "047C02800000"));
        const Bytes witness =
            decryptBlock(key.algorithm, key.value, ByteView{answer}.subspan(4, block));
        const Bytes challenge(block, 0x5A);
        EXPECT_EQ(
            desk.say(header + octet(2 * block + 6) + "7C" + octet(2 * block + 4) + "80" +
                     octet(block) + toHex(witness) + "81" + octet(block) + toHex(challenge) + "00"),
            "7C" + octet(block + 2) + "82" + octet(block) +
                toHex(encryptBlock(key.algorithm, key.value, challenge)) + "9000");
        EXPECT_EQ(desk.say("00DB3FFF0A5C035FC1055303700100"), "9000");
    }
}

TEST(PivManagementKey, p1ZeroMeansTripleDes) {
    ChipDesk desk("5.4");
    desk.select();
    EXPECT_TRUE(desk.say("0087009B047C02810000").starts_with("7C0A8108"));
}

class PivUse : public testing::Test {
protected:
    static constexpr auto Digest =
        "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";

    PivUse() { desk.open(); }

    void make(const std::string& slot, const std::string& policies = "") {
        const std::string content = "800111" + policies;
        const auto octet = [](std::size_t value) {
            return toHex(Bytes{static_cast<std::uint8_t>(value)});
        };
        EXPECT_TRUE(desk.say("004700" + slot + octet(content.size() / 2 + 2) + "AC" +
                             octet(content.size() / 2) + content + "00")
                        .ends_with("9000"));
    }

    std::string sign(const std::string& slot) {
        const std::string answer = desk.say("008711" + slot + "267C2482008120" + Digest + "00");
        return answer.substr(answer.size() - 4);
    }

    ChipDesk desk;
};

TEST_F(PivUse, theSignatureKeyAsksForThePinEveryTime) {
    make("9C");
    EXPECT_EQ(sign("9C"), "9000");
    EXPECT_EQ(sign("9C"), "6982");
    desk.verify();
    EXPECT_EQ(sign("9C"), "9000");
    EXPECT_EQ(sign("9C"), "6982");
}

TEST_F(PivUse, anotherKeysUseUsesThePinUpToo) {
    make("9A");
    make("9C");
    EXPECT_EQ(sign("9A"), "9000");
    EXPECT_EQ(sign("9C"), "6982");
}

TEST_F(PivUse, theOthersAskOnceAndTheCardKeyNever) {
    for (const char* slot : {"9A", "9D", "82", "95"}) {
        make(slot);
        EXPECT_EQ(sign(slot), "9000");
        EXPECT_EQ(sign(slot), "9000");
        desk.say("0020FF80");
        EXPECT_EQ(sign(slot), "6982");
        desk.verify();
    }
    make("9E");
    desk.say("0020FF80");
    EXPECT_EQ(sign("9E"), "9000");
}

TEST_F(PivUse, aPolicyGivenWithTheKeyCounts) {
    make("9A", "AA0103");
    make("9C", "AA0101");
    make("9D", "AA0100AB0102");
    EXPECT_EQ(sign("9A"), "9000");
    EXPECT_EQ(sign("9A"), "6982");
    desk.say("0020FF80");
    EXPECT_EQ(sign("9C"), "9000");
    EXPECT_EQ(sign("9D"), "6982");
}

TEST_F(PivUse, refusesWhatDoesNotFitTheKey) {
    make("9A");
    EXPECT_EQ(desk.say("0087119D267C2482008120" + std::string(Digest)), "6A88");
    EXPECT_EQ(desk.say("0087079A267C2482008120" + std::string(Digest)), "6A86");
    EXPECT_EQ(desk.say("0087119A247C228120" + std::string(Digest)), "6A80");
    EXPECT_EQ(desk.say("0087119A277C2582008121" + std::string(Digest) + "00"), "6A80");
    EXPECT_EQ(desk.say("0087119A067C0482008100"), "6A80");
    EXPECT_EQ(desk.say("008711F9267C2482008120" + std::string(Digest)), "6A88");
}

TEST_F(PivUse, agreesOnTheSecretOfThePublishedVector) {
    // RFC 5903, 8.1: 256-bit random ECP group.
    const std::string scalar = "C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433";
    const std::string peer =
        "04D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63"
        "56FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB";
    const std::string shared = "D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE";
    EXPECT_EQ(desk.say("00FE119D220620" + scalar), "9000");
    EXPECT_EQ(desk.say("0087119D477C4582008541" + peer + "00"), "7C228220" + shared + "9000");
    const std::string offCurve = peer.substr(0, 128) + "AC";
    EXPECT_EQ(desk.say("0087119D477C4582008541" + offCurve + "00"), "6A80");
}

}  // namespace
}  // namespace zegel::hwsim
