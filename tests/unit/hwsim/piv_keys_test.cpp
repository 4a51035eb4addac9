#include "drivers/base/openssl.h"
#include "hwsim/chips/piv_attestation.h"
#include "tests/unit/hwsim/chip_desk.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

namespace zegel::hwsim {
namespace {

using openssl::CertificatePtr;
using openssl::PkeyCtxPtr;
using openssl::PkeyPtr;

Bytes partOf(const EVP_PKEY& key, const char* name, std::size_t length) {
    BIGNUM* number = nullptr;
    EXPECT_EQ(EVP_PKEY_get_bn_param(&key, name, &number), 1);
    const openssl::BignumPtr owned{number};
    Bytes octets(length);
    EXPECT_GT(BN_bn2binpad(number, octets.data(), static_cast<int>(length)), 0);
    return octets;
}

/// The five parts an import carries, each as long as half the modulus.
Bytes rsaImport(const EVP_PKEY& key, std::size_t half) {
    Bytes data;
    std::uint32_t tag = 1;
    for (const char* name :
         {OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1,
          OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1}) {
        appendDataObject(data, tag++, partOf(key, name, half));
    }
    return data;
}

class PivKeys : public testing::Test {
protected:
    explicit PivKeys(const char* model = "5.7") : desk(model) { desk.open(); }

    const StoredKey& key(std::uint8_t slot) const { return desk.chip->memory().keys.at(slot); }

    std::string generate(const std::string& slot, const std::string& algorithm) {
        return desk.fetched(*fromHex(desk.say("004700" + slot + "05AC038001" + algorithm + "00")));
    }

    CertificatePtr attestation(const std::string& slot) {
        const Bytes answer = *fromHex(desk.fetched(*fromHex(desk.say("00F9" + slot + "0000"))));
        if (answer.size() < 10) return nullptr;
        return openssl::certificateFromDer(ByteView{answer}.first(answer.size() - 2));
    }

    ChipDesk desk;
};

TEST_F(PivKeys, areAnsweredWithTheirPublicHalf) {
    // SP 800-73-4 part 2, 3.3.2, table 11: 7F49 { 81 n, 82 e } and 7F49 { 86 point }.
    const std::string rsa = generate("9A", "07");
    EXPECT_TRUE(rsa.starts_with("7F4982010981820100"));
    EXPECT_TRUE(rsa.ends_with("82030100019000"));
    EXPECT_TRUE(generate("9C", "11").starts_with("7F4943864104"));
    EXPECT_TRUE(generate("9D", "14").starts_with("7F4963866104"));
}

TEST_F(PivKeys, aNewOneTakesTheOldOnesPlace) {
    const std::string first = generate("9A", "11");
    EXPECT_NE(generate("9A", "11"), first);
    generate("9A", "14");
    EXPECT_EQ(key(0x9A).pair.algorithm(), piv::EcP384);
}

TEST_F(PivKeys, refuseUnknownSlotsAlgorithmsAndPolicies) {
    EXPECT_EQ(desk.say("0047009605AC03800111"), "6A86");
    EXPECT_EQ(desk.say("0047008105AC03800111"), "6A86");
    EXPECT_EQ(desk.say("0047009B05AC03800111"), "6A86");
    EXPECT_EQ(desk.say("0047019A05AC03800111"), "6A86");
    EXPECT_EQ(desk.say("0047009A05AC03800199"), "6A80");
    EXPECT_EQ(desk.say("0047009A05AC03810111"), "6A80");
    EXPECT_EQ(desk.say("0047009A05AD03800111"), "6A80");
    EXPECT_EQ(desk.say("0047009A08AC06800111AA0104"), "6A80");
    EXPECT_EQ(desk.say("0047009A08AC06800111AB0104"), "6A80");
    EXPECT_EQ(desk.say("0047009A"), "6A80");
    EXPECT_FALSE(desk.chip->memory().keys.contains(0x9A));
}

TEST_F(PivKeys, anImportedRsaKeyUndoesWhatThePublicOneDid) {
    const PkeyPtr made{EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})};
    EXPECT_EQ(desk.sayLong("00FE079D", rsaImport(*made, 128)), "9000");
    EXPECT_EQ(key(0x9D).origin, KeyOrigin::Imported);

    Bytes plain(256, 0x37);
    plain[0] = 0;
    const PkeyCtxPtr context{EVP_PKEY_CTX_new(made.get(), nullptr)};
    Bytes secret(256);
    std::size_t length = secret.size();
    ASSERT_EQ(EVP_PKEY_encrypt_init(context.get()), 1);
    ASSERT_EQ(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING), 1);
    ASSERT_EQ(EVP_PKEY_encrypt(context.get(), secret.data(), &length, plain.data(), plain.size()),
              1);
    Bytes content = *fromHex("8200");
    appendDataObject(content, 0x81, secret);
    EXPECT_EQ(desk.sayLong("0087079D", dataObject(0x7C, content)),
              "7C82010482820100" + toHex(plain) + "9000");
}

TEST_F(PivKeys, refuseRsaPartsThatContradictEachOther) {
    const PkeyPtr made{EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})};
    const Bytes good = rsaImport(*made, 128);
    for (const std::size_t spoiled : {100U, 230U, 360U, 490U, 620U}) {
        Bytes bad = good;
        bad[spoiled] = static_cast<std::uint8_t>(bad[spoiled] ^ 1);
        EXPECT_EQ(desk.sayLong("00FE079D", bad), "6A80") << spoiled;
    }
    EXPECT_EQ(desk.sayLong("00FE069D", good), "6A80");
    EXPECT_EQ(desk.sayLong("00FE079D", Bytes(good.begin(), good.end() - 131)), "6A80");
    EXPECT_EQ(desk.sayLong("00FE999D", good), "6A86");
}

TEST_F(PivKeys, refuseScalarsOutsideTheCurve) {
    // SEC 2, 2.4.2: the order of P-256 is the first number that is too large.
    const std::string order = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
    const std::string below = order.substr(0, 62) + "50";
    EXPECT_EQ(desk.say("00FE119D220620" + order), "6A80");
    EXPECT_EQ(desk.say("00FE119D220620" + std::string(64, '0')), "6A80");
    EXPECT_EQ(desk.say("00FE119D21061F" + order.substr(0, 62)), "6A80");
    EXPECT_EQ(desk.say("00FE119D220620" + below), "9000");
}

TEST_F(PivKeys, importTakesPolicies) {
    const std::string scalar = std::string(62, '0') + "07";
    EXPECT_EQ(desk.say("00FE119A280620" + scalar + "AA0103AB0102"), "9000");
    EXPECT_EQ(key(0x9A).pinPolicy, policy::PinAlways);
    EXPECT_EQ(key(0x9A).touchPolicy, policy::TouchAlways);
}

TEST_F(PivKeys, theManagementKeyIsReplacedByOneOfAnyKind) {
    EXPECT_EQ(desk.say("00FFFFFF13089B10000102030405060708090A0B0C0D0E0F"), "9000");
    desk.select();
    desk.authenticate();
    EXPECT_EQ(toHex(Bytes{desk.chip->memory().management.algorithm}), "08");
    EXPECT_EQ(desk.say("00FFFFFE230C9B20" + std::string(64, '7')), "9000");
    EXPECT_EQ(desk.chip->memory().management.touchPolicy, policy::TouchAlways);
    EXPECT_EQ(desk.say("00FFFFFF1B039B18" + std::string(48, '2')), "9000");
}

TEST_F(PivKeys, refuseManagementKeysThatAreWeakOrDoNotFit) {
    // FIPS 74, 3.6: a weak DES key, with and without the parity bits, in each of the three places.
    const std::string good = "0123456789ABCDEF";
    for (const std::string weak : {"0101010101010101", "0001000000000100", "E0E0E0E0F1F1F1F1",
                                   "01FE01FE01FE01FE", "FEE0FEE0FEF1FEF1"}) {
        EXPECT_EQ(desk.say("00FFFFFF1B039B18" + weak + good + good), "6A80") << weak;
        EXPECT_EQ(desk.say("00FFFFFF1B039B18" + good + weak + good), "6A80") << weak;
        EXPECT_EQ(desk.say("00FFFFFF1B039B18" + good + good + weak), "6A80") << weak;
    }
    EXPECT_EQ(desk.say("00FFFFFF12089B0F" + std::string(30, '1')), "6A80");
    EXPECT_EQ(desk.say("00FFFFFF13089B0F" + std::string(32, '1')), "6A80");
    EXPECT_EQ(desk.say("00FFFFFF13119B10" + std::string(32, '1')), "6A80");
    EXPECT_EQ(desk.say("00FFFFFF13089A10" + std::string(32, '1')), "6A80");
    EXPECT_EQ(desk.say("00FFFFFD13089B10" + std::string(32, '1')), "6A86");
    EXPECT_EQ(desk.say("00FFFFFF02089B"), "6A80");
    desk.select();
    EXPECT_EQ(desk.say("00FFFFFF13089B10" + std::string(32, '1')), "6982");
}

TEST_F(PivKeys, metadataTellsWhatIsThere) {
    EXPECT_EQ(desk.say("00F7008000"), "0101FF050101060203039000");
    EXPECT_EQ(desk.say("00F7008100"), "0101FF050101060203039000");
    EXPECT_EQ(desk.say("00F7009B00"), "01010A020200010501019000");
    EXPECT_EQ(desk.say("00F7009A00"), "6A88");
    const std::string made = generate("9C", "11");
    EXPECT_EQ(desk.say("00F7009C00"),
              "0101110202030103010104438641" + made.substr(10, 130) + "9000");
    EXPECT_EQ(desk.say("00FE119D220620" + std::string(62, '0') + "07"), "9000");
    EXPECT_TRUE(desk.say("00F7009D00").starts_with("010111020202010301020443"));
}

TEST_F(PivKeys, metadataNoticesWhatIsNotTheFactorysAnyMore) {
    desk.say("00FFFFFF13089B10" + std::string(32, '1'));
    EXPECT_EQ(desk.say("00F7009B00"), "010108020200010501009000");
    desk.say("002400811031323334353637383837363534333231");
    EXPECT_EQ(desk.say("00F7008100"), "0101FF050100060203039000");
    desk.verify("393939393939FFFF");
    EXPECT_EQ(desk.say("00F7008000"), "0101FF050101060203029000");
}

TEST_F(PivKeys, canBeMovedAndDeleted) {
    generate("9A", "11");
    generate("9C", "11");
    EXPECT_EQ(desk.say("00F6829A"), "9000");
    EXPECT_EQ(desk.say("00F7009A00"), "6A88");
    EXPECT_EQ(desk.say("00F6829C"), "6A80");
    EXPECT_EQ(desk.say("00F6FF82"), "9000");
    EXPECT_EQ(desk.say("00F6FF82"), "6A88");
    EXPECT_EQ(desk.say("00F6FF00"), "6A86");
    desk.select();
    EXPECT_EQ(desk.say("00F6FF9C"), "6982");
}

TEST_F(PivKeys, areAttestedByAChainToTheMaker) {
    generate("9C", "14");
    const CertificatePtr statement = attestation("9C");
    ASSERT_TRUE(statement);
    EXPECT_EQ(EVP_PKEY_eq(X509_get0_pubkey(statement.get()), key(0x9C).pair.handle()), 1);

    const auto object = readDataObjects(desk.chip->memory().objects.at(AttestationObject));
    const CertificatePtr signer = openssl::certificateFromDer(*valueOf(*object, 0x70));
    const openssl::BioPtr text{
        BIO_new_mem_buf(makerRootPem().data(), static_cast<int>(makerRootPem().size()))};
    const CertificatePtr root{PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)};
    EXPECT_EQ(X509_verify(statement.get(), X509_get0_pubkey(signer.get())), 1);
    EXPECT_EQ(X509_verify(signer.get(), X509_get0_pubkey(root.get())), 1);
    EXPECT_EQ(X509_check_ca(signer.get()), 1);
}

TEST_F(PivKeys, importedOnesAreNotAttested) {
    EXPECT_EQ(desk.say("00F99A0000"), "6A88");
    EXPECT_EQ(desk.say("00FE119A220620" + std::string(62, '0') + "07"), "9000");
    EXPECT_EQ(desk.say("00F99A0000"), "6A80");
    EXPECT_EQ(desk.say("00F99A0100"), "6A86");
    EXPECT_EQ(desk.say("00F9810000"), "6A86");
}

TEST_F(PivKeys, resetTakesThemAllButTheMakers) {
    generate("9A", "11");
    desk.say("00DB3FFF085C035FC1055301AA");
    desk.say("00FFFFFF13089B10" + std::string(32, '1'));
    const Bytes maker = desk.chip->memory().objects.at(AttestationObject);
    while (desk.verify("393939393939FFFF") != "6983") {
    }
    while (desk.say("002C008010"
                    "3939393939393939"
                    "313233343536FFFF") != "6983") {
    }
    EXPECT_EQ(desk.say("00FB0000"), "9000");
    const PivMemory& memory = desk.chip->memory();
    EXPECT_EQ(memory.keys.size(), 1U);
    EXPECT_TRUE(memory.keys.contains(AttestationSlot));
    EXPECT_EQ(memory.objects.size(), 1U);
    EXPECT_EQ(memory.objects.at(AttestationObject), maker);
    EXPECT_EQ(memory.management.algorithm, piv::Aes192);
    EXPECT_EQ(desk.say("00DB3FFF085C035FC1055301AA"), "6982");
}

}  // namespace
}  // namespace zegel::hwsim
