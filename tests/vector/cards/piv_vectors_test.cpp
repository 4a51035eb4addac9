#include "drivers/base/hex.h"
#include "drivers/base/openssl.h"
#include "drivers/cards/piv/application.h"
#include "drivers/cards/piv/keys.h"
#include "drivers/cards/piv/management_key.h"
#include "drivers/cards/piv/padding.h"
#include "tests/test_name.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <algorithm>
#include <ostream>
#include <string>

namespace zegel::piv {
namespace {

Bytes octets(std::string_view hex) {
    return fromHex(hex).value();
}

std::string hexOf(const SecretBytes& secret) {
    return secret.disclose(Disclosure::ToCheck, [](ByteView bytes) { return toHex(bytes); });
}

/// Keeps the octets of every command, and answers as it was told to, then 9000.
class Recorder final : public drivers::Channel {
public:
    explicit Recorder(std::vector<Bytes> answers = {}) : answers_(std::move(answers)) {}

    iso7816::ResponseApdu transmit(const iso7816::CommandApdu& command) override {
        commands.push_back(command.encoded().disclose(Disclosure::ToCheck,
                                                      [](ByteView bytes) { return toHex(bytes); }));
        Bytes answer;
        if (commands.size() <= answers_.size()) answer = answers_[commands.size() - 1];
        return {std::move(answer), iso7816::sw::Ok};
    }

    std::vector<std::string> commands{};

private:
    std::vector<Bytes> answers_;
};

/// PKCS#8 of the key in a PEM file beside this one.
SecretBytes pkcs8Of(const std::string& file) {
    const auto path = std::string{ZEGEL_SOURCE_DIR} + "/tests/vector/cards/" + file;
    const openssl::BioPtr bio{BIO_new_file(path.c_str(), "r")};
    const openssl::PkeyPtr key{PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr)};
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, openssl::Freed<PKCS8_PRIV_KEY_INFO_free>> info{
        EVP_PKEY2PKCS8(key.get())};
    SecretBytes der{static_cast<std::size_t>(i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr))};
    der.fill([&](std::span<std::uint8_t> out) {
        auto* at = out.data();
        i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at);
    });
    return der;
}

// The key is the one of yubico-piv-tool's lib/tests/api.c; its numbers as "openssl rsa -text"
// prints them. The tags are those of its ykpiv_import_private_key.
TEST(PivImport, laysOutAnRsaKeyAsYubicoPivToolDoes) {
    const auto parts =
        hexOf(importParts(pkcs8Of("yubico_piv_tool_api_test_key.pem"), KeyAlgorithm::Rsa2048));
    constexpr std::size_t Part = (3 + 128) * 2;
    ASSERT_EQ(parts.size(), 5 * Part);
    const auto begins = [&](std::size_t number, std::string_view with) {
        EXPECT_EQ(parts.substr(number * Part, with.size()), with) << number;
    };
    begins(0, "018180E33134A32B60F7B69568163D08A8BBFCFA91F8D23FB84BDFA100A74FE7");
    begins(1, "028180D9D8E3023C202BE3300E7B21C13D4D3600923FFD991DAB41032919E410");
    begins(2, "0381806DC4685A2DAB3C03CB4BEEF2AE2C58277228F4BF206A3ABE615B9F7ACB");
    begins(3, "048180C4FFB621B23FA1907C47CC1FB540FB4EA76B9A0479EF738B82112C01AA");
    begins(4, "05818091A6491902B95C7304B490CBE42BEB50D6B1B6C569BB734E46DF880FFE");
}

// RFC 6979, A.2.5: the P-256 key of its examples, wrapped by hand in PKCS#8 (RFC 5958, RFC 5915).
TEST(PivImport, laysOutAnEcKey) {
    const std::string scalar = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721";
    const auto pkcs8 = octets(
        "3041 020100 3013 06072A8648CE3D0201 06082A8648CE3D030107"
        "0427 3025 020101 0420" +
        scalar);
    EXPECT_EQ(hexOf(importParts(secretOf(pkcs8), KeyAlgorithm::EcP256)), "0620" + scalar);
}

TEST(PivImport, refusesWhatIsNotTheKeyAskedForWithoutBlamingTheCard) {
    const std::string whole =
        "3041020100301306072A8648CE3D020106082A8648CE3D030107042730250201010420"
        "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721";
    const auto refused = [](const std::string& pkcs8, KeyAlgorithm algorithm) {
        try {
            importParts(secretOf(octets(pkcs8)), algorithm);
        } catch (const Failure& failure) {
            return failure.fault() == Fault::Defect;
        }
        return false;
    };
    EXPECT_FALSE(refused(whole, KeyAlgorithm::EcP256));
    EXPECT_TRUE(refused(whole, KeyAlgorithm::EcP384));
    EXPECT_TRUE(refused(whole, KeyAlgorithm::Rsa2048));
    for (std::size_t octets = 0; octets < whole.size() / 2; ++octets) {
        EXPECT_TRUE(refused(whole.substr(0, 2 * octets), KeyAlgorithm::EcP256)) << octets;
    }
}

// RFC 6979, A.2.5, public key; SubjectPublicKeyInfo as RFC 5480 has it.
TEST(PivPublicKey, becomesASubjectPublicKeyInfo) {
    const std::string point =
        "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
        "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299";
    EXPECT_EQ(toHex(publicKeyFrom(octets("7F49438641" + point), KeyAlgorithm::EcP256)),
              "3059301306072A8648CE3D020106082A8648CE3D030107034200" + point);
    auto beside = octets("7F49438641" + point);
    beside.back() ^= 1;
    EXPECT_THROW(publicKeyFrom(beside, KeyAlgorithm::EcP256), Failure) << "not on the curve";
    EXPECT_THROW(publicKeyFrom(octets("7F49438641" + point), KeyAlgorithm::EcP384), Failure);
    EXPECT_THROW(publicKeyFrom(octets("7F49438641" + point), KeyAlgorithm::Rsa2048), Failure);
}

// The modulus of the same key of yubico-piv-tool.
TEST(PivPublicKey, isRefusedWithAnotherModulusOrExponent) {
    const std::string modulus =
        "C155309956DCF9F7CECB6F918AFC41A6095E4D537A6D46B4ABB8CD601F80B1E1"
        "5061A62A1067DAF9519DC521A8FBC0D5D4A4FDF9F344779DB8DE05E7FED723B4"
        "C22D29E07EA0041CEB8B3D94816562E47C6E9AB589BAF7DE25B67A59E7BFD9A9"
        "79CAA885D095C0CD8C716BDEA0FC9BECCC25C15BA1A9EC4ECC93B6F5BA8971AC"
        "CB6ED91F6444CAD28071E77FF2940E18EA713D3DAE3A8D6DAA863F8A4A17F588"
        "183E800CADDDE23EC08D969AE6F55B12CB1FC0F6C3E928C3C42140E6BC7470A4"
        "451C3BEF527154EE7E77E63F63EC7D0751E0178AB4ABDC5496158B2B64D1E028"
        "411735DEE3BB001EC4AA8BFA65E496F062B1CF384FD51012EE9268CBF0D14249";
    const auto rsa = [](const std::string& n, const std::string& e) {
        const auto body = Bytes{octets("81820100" + n + e)};
        return iso7816::tlv(0x7F49, body);
    };
    EXPECT_NO_THROW(publicKeyFrom(rsa(modulus, "8203010001"), KeyAlgorithm::Rsa2048));
    EXPECT_THROW(publicKeyFrom(rsa(modulus, "820103"), KeyAlgorithm::Rsa2048), Failure);
    EXPECT_THROW(publicKeyFrom(rsa("00" + modulus.substr(2), "8203010001"), KeyAlgorithm::Rsa2048),
                 Failure);
    EXPECT_THROW(publicKeyFrom(rsa(modulus, "8203010001"), KeyAlgorithm::Rsa3072), Failure);
}

// RFC 8017, 9.2 with the DigestInfo of its note 1.
TEST(PivPadding, isPkcs1AsTheStandardHasIt) {
    const Bytes digest(32, 0xAB);
    const auto block = toBeSigned(SignatureScheme::RsaPkcs1Sha256, KeyAlgorithm::Rsa2048, digest);
    EXPECT_EQ(toHex(block), "0001" + std::string(2 * (256 - 3 - 51), 'F') +
                                "003031300D060960864801650304020105000420" + toHex(digest));
}

TEST(PivPadding, refusesWhatDoesNotBelongTogether) {
    const auto refused = [](SignatureScheme scheme, KeyAlgorithm algorithm, std::size_t digest) {
        EXPECT_THROW(toBeSigned(scheme, algorithm, Bytes(digest)), Failure);
    };
    refused(SignatureScheme::RsaPkcs1Sha256, KeyAlgorithm::EcP256, 32);
    refused(SignatureScheme::EcdsaSha256, KeyAlgorithm::Rsa2048, 32);
    refused(SignatureScheme::EcdsaSha256, KeyAlgorithm::EcP256, 48);
    refused(SignatureScheme::RsaPssSha512, KeyAlgorithm::Rsa2048, 32);
}

// docs.yubico.com, PIV commands: "Verify PIN" and "Change reference data" with the factory codes.
TEST(PivCommands, haveThePublishedOctets) {
    Recorder chip;
    Application application{chip};
    const auto pin = padded(secretOf(bytesOf("123456")));
    const auto puk = padded(secretOf(bytesOf("12345678")));
    application.verify(pin);
    application.verify(SecretBytes{});
    application.changeCode(CodeReference::Puk, puk, pin);
    application.unblock(puk, pin);
    application.setTries(5, 8);
    application.setManagementKey(0x08, factoryManagementKey(ManagementCipher::Aes128));
    application.generate(Slot::Signature, AlgorithmId::EcP256);
    application.attest(Slot::Authentication);
    application.putObject(object::AuthenticationCertificate, Bytes{0x01});
    application.reset();
    EXPECT_EQ(chip.commands, (std::vector<std::string>{
                                 "0020008008313233343536FFFF",
                                 "00200080",
                                 "00240081103132333435363738313233343536FFFF",
                                 "002C0080103132333435363738313233343536FFFF",
                                 "00FA0508",
                                 "00FFFFFF13089B1001020304050607080102030405060708",
                                 "0047009C000005AC038001110000",
                                 "00F99A00000000",
                                 "00DB3FFF085C035FC105530101",
                                 "00FB0000",
                             }));
}

struct CipherVector {
    ManagementCipher cipher;
    std::string_view key;
    std::string_view plain;
    std::string_view sealed;
};

void PrintTo(const CipherVector& vector, std::ostream* out) {
    *out << nameOf(vector.cipher);
}

class PivManagementCipher : public testing::TestWithParam<CipherVector> {};

// The witness is the cipher text of a published example; what goes back must be its plain text.
TEST_P(PivManagementCipher, opensTheWitness) {
    const auto& [cipher, key, plain, sealed] = GetParam();
    const auto block = octets(sealed);
    const auto witness = iso7816::tlv(0x7C, iso7816::tlv(0x80, block));
    // Echoes the cipher text for an answer to our challenge, which proves nothing.
    const auto answer = iso7816::tlv(0x7C, iso7816::tlv(0x82, block));
    Recorder chip{{witness, answer}};
    Application application{chip};
    EXPECT_THROW(authenticateManagement(application, cipher, secretOf(octets(key))), Failure);
    ASSERT_EQ(chip.commands.size(), 2U);
    const auto size = toHex(Bytes{static_cast<std::uint8_t>(block.size())});
    EXPECT_NE(chip.commands[1].find("80" + size + std::string{plain} + "81" + size),
              std::string::npos)
        << chip.commands[1];
}

// FIPS 197, C.1 to C.3; NIST SP 800-67 r2, B.1, first block.
INSTANTIATE_TEST_SUITE_P(
    PublishedExamples, PivManagementCipher,
    testing::Values(
        CipherVector{ManagementCipher::Aes128, "000102030405060708090A0B0C0D0E0F",
                     "00112233445566778899AABBCCDDEEFF", "69C4E0D86A7B0430D8CDB78070B4C55A"},
        CipherVector{ManagementCipher::Aes192, "000102030405060708090A0B0C0D0E0F1011121314151617",
                     "00112233445566778899AABBCCDDEEFF", "DDA97CA4864CDFE06EAF70A0EC0D7191"},
        CipherVector{ManagementCipher::Aes256,
                     "000102030405060708090A0B0C0D0E0F"
                     "101112131415161718191A1B1C1D1E1F",
                     "00112233445566778899AABBCCDDEEFF", "8EA2B7CA516745BFEAFC49904B496089"},
        CipherVector{ManagementCipher::TripleDes,
                     "0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123", "5468652071756663",
                     "A826FD8CE53B855F"}),
    [](const auto& given) { return tests::testName(testing::PrintToString(given.param)); });

}  // namespace
}  // namespace zegel::piv
