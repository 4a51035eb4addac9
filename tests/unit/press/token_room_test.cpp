#include "pinmailer/press/token_room.h"

#include "drivers/pkcs11/key_making.h"
#include "drivers/pkcs11/token_private_key.h"
#include "pinmailer/press/opening.h"
#include "tests/test_name.h"
#include "tests/unit/pkcs11/soft_token.h"
#include "tests/unit/press/made_letter.h"
#include "tests/unit/seal/memory_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <functional>

namespace zegel::press {
namespace {

using testing::HasSubstr;
using tests::run;
using tests::shown;
using tests::SoftToken;

constexpr std::array Codes{"073915", "90124876", "ABCDEFGHJKM6"};

Failure failureOf(const std::function<void()>& use) {
    try {
        use();
    } catch (const Failure& failure) {
        return failure;
    }
    return {Fault::Defect, "it worked"};
}

/// A print room whose key is in a token, and a station that seals to what it is told.
class TokenRoom : public testing::Test {
protected:
    TokenRoom() : token_(soft_.open()) {}

    /// A key pair in the token, and its certificate as an issuer would make it.
    openssl::CertificatePtr made(const std::string& label, KeyAlgorithm algorithm) {
        pkcs11::makeKeyPair(*token_, label, algorithm, pkcs11::KeyPairUse::Decrypt);
        const auto issuer = tests::makeIdentity({.commonName = label});
        const auto publicPart = pkcs11::tokenPublicKey(*token_, label);
        auto& certificate = *issuer.certificate;
        X509_set_pubkey(&certificate, publicPart.get());
        while (X509_get_ext_count(&certificate) > 0)
            X509_EXTENSION_free(X509_delete_ext(&certificate, 0));
        X509V3_CTX context;
        X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
        auto* const keyId =
            X509V3_EXT_conf_nid(nullptr, &context, NID_subject_key_identifier, "hash");
        X509_add_ext(&certificate, keyId, -1);
        X509_EXTENSION_free(keyId);
        X509_sign(&certificate, issuer.key.get(), EVP_sha256());
        return openssl::certificateFromDer(openssl::toDer(certificate));
    }

    /// Into the token, by somebody else's tool, under a label and id of its own.
    void store(const X509& certificate) {
        tests::writeFile(desk_.path("c.der"), openssl::toDer(certificate));
        const auto ran = run("pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so --token-label " +
                             std::string{SoftToken::Label} + " --login --pin " + SoftToken::Pin +
                             " --write-object " + desk_.path("c.der") +
                             " --type cert --label something --id 77");
        ASSERT_EQ(ran.exitCode, 0) << ran.output;
    }

    std::string file(const X509& certificate) {
        const auto path = desk_.path("certificate.pem");
        tests::writePem(path, certificate);
        return path;
    }

    /// The letter of made_letter.h, sealed to these.
    Bytes letterFor(std::initializer_list<const X509*> recipients) const {
        std::vector<openssl::CertificatePtr> copies;
        for (const auto* recipient : recipients)
            copies.emplace_back(X509_dup(recipient));
        const seal::Sealer sealer{std::move(copies), station_.certificateCopy(), station_.keyCopy(),
                                  SystemClock{}.now()};
        const auto sealed = sealer.seal(tests::madeCodes(), tests::madeBond());
        auto letter = tests::madeLetter();
        letter.sealedCodes.assign(sealed.der().begin(), sealed.der().end());
        return sealer.sign(seal::encode(letter));
    }

    std::vector<PrintRoomKey> load(std::vector<std::string> certificates = {},
                                   const std::string& pin = SoftToken::Pin) const {
        return loadTokenKeys({"", SoftToken::Label, std::move(certificates)},
                             [pin] { return secretOf(bytesOf(pin)); });
    }

    OpenedLetter open(const Bytes& letter, const std::vector<PrintRoomKey>& keys) const {
        return openLetter(letter, keys, *station_.certificate);
    }

    SoftToken soft_;
    std::shared_ptr<pkcs11::Token> token_;
    tests::MadeFolder desk_;
    tests::MadeIdentity station_ = tests::makeIdentity({.commonName = "station"});
};

class EveryKey : public TokenRoom, public testing::WithParamInterface<KeyAlgorithm> {};

TEST_P(EveryKey, opensALetterAndStaysInTheToken) {
    const auto certificate = made("room", GetParam());
    store(*certificate);
    const auto keys = load();
    ASSERT_EQ(keys.size(), 1U);
    const auto opened = open(letterFor({certificate.get()}), keys);
    EXPECT_EQ(shown(opened.codes.pin), Codes[0]);
    EXPECT_EQ(shown(opened.codes.puk), Codes[1]);
    EXPECT_EQ(shown(opened.codes.revocation), Codes[2]);
}

TEST_P(EveryKey, leavesNoCopyOfACodeInMemory) {
    if (!tests::MemoryIsAsShipped) GTEST_SKIP() << "a sanitizer keeps what was freed";
    const auto certificate = made("room", GetParam());
    const auto keys = load({file(*certificate)});
    auto codes = seal::drawCodes({12, 12, 24}, {});
    std::vector<Bytes> hidden;
    for (const auto* code : {&codes.pin, &codes.puk, &codes.revocation}) {
        hidden.push_back(code->disclose(Disclosure::ToCheck, [](ByteView octets) {
            Bytes mask(octets.size());
            std::ranges::transform(octets, mask.begin(), [](std::uint8_t octet) {
                return static_cast<std::uint8_t>(octet ^ tests::Hiding);
            });
            return mask;
        }));
    }
    std::vector<openssl::CertificatePtr> copies;
    copies.emplace_back(X509_dup(certificate.get()));
    const seal::Sealer sealer{std::move(copies), station_.certificateCopy(), station_.keyCopy(),
                              SystemClock{}.now()};
    const auto sealed = sealer.seal(std::move(codes), tests::madeBond());
    const auto copiesNow = [&] {
        int count = 0;
        for (const auto& code : hidden)
            count += tests::countInMemory(code);
        return count;
    };
    ASSERT_EQ(copiesNow(), 0);
    {
        const auto record = openRecord(sealed.der(), keys, *station_.certificate);
        EXPECT_EQ(copiesNow(), 3) << "the three that were opened";
    }
    EXPECT_EQ(copiesNow(), 0);
}

INSTANTIATE_TEST_SUITE_P(Algorithms, EveryKey,
                         testing::Values(KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256,
                                         KeyAlgorithm::EcP384),
                         [](const auto& given) {
                             std::string name{nameOf(given.param)};
                             std::erase(name, '-');
                             return name;
                         });

TEST_F(TokenRoom, usesTheKeyThatTheRecordNames) {
    const auto first = made("first", KeyAlgorithm::Rsa2048);
    const auto second = made("second", KeyAlgorithm::EcP256);
    store(*first);
    const auto keys = load({file(*second)});
    ASSERT_EQ(keys.size(), 2U);
    const auto safe = tests::makeIdentity({.commonName = "a token in the safe"});
    for (const auto* certificate : {first.get(), second.get()}) {
        const auto opened = open(letterFor({safe.certificate.get(), certificate}), keys);
        EXPECT_EQ(shown(opened.codes.pin), Codes[0]);
    }
}

TEST_F(TokenRoom, anyOneOfTheRecipientsOpensWhenTheOtherTokenIsLost) {
    const auto lost = made("lost", KeyAlgorithm::Rsa2048);
    const auto safe = tests::makeIdentity({.algorithm = "RSA-2048", .commonName = "safe"});
    const auto letter = letterFor({lost.get(), safe.certificate.get()});
    const PrintRoomKey key{safe.keyCopy(), safe.certificateCopy()};
    EXPECT_EQ(shown(openLetter(letter, key, *station_.certificate).codes.puk), Codes[1]);
}

TEST_F(TokenRoom, saysThatARecordIsForNoneOfItsKeys) {
    const auto first = made("first", KeyAlgorithm::EcP256);
    const auto second = made("second", KeyAlgorithm::EcP256);
    store(*first);
    const auto keys = load({file(*second)});
    const auto other = tests::makeIdentity({.algorithm = "RSA-2048"});
    const auto letter = letterFor({other.certificate.get()});
    const auto failure = failureOf([&] { open(letter, keys); });
    EXPECT_EQ(failure.fault(), Fault::SealBroken);
    EXPECT_THAT(failure.what(), HasSubstr("for none of this print room's 2 keys"));
}

TEST_F(TokenRoom, aTokenThatFailsIsNotABrokenSeal) {
    const auto certificate = made("room", KeyAlgorithm::Rsa2048);
    const auto keys = load({file(*certificate)});
    const auto letter = letterFor({certificate.get()});
    const auto ran = run("pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so --token-label " +
                         std::string{SoftToken::Label} + " --login --pin " + SoftToken::Pin +
                         " --delete-object --type privkey --label room");
    ASSERT_EQ(ran.exitCode, 0) << ran.output;
    const auto failure = failureOf([&] { open(letter, keys); });
    EXPECT_EQ(failure.fault(), Fault::TokenUnavailable) << failure.what();
    EXPECT_THAT(failure.what(), HasSubstr("room"));
}

TEST_F(TokenRoom, namesWhatIsWrongWithTheToken) {
    const auto certificate = made("room", KeyAlgorithm::EcP256);
    EXPECT_THAT(failureOf([&] { load(); }).what(),
                HasSubstr("holds no private key whose certificate letters are sealed to"));
    token_.reset();  // a login holds for the whole program
    const auto wrong = failureOf([&] { load({file(*certificate)}, "000000"); });
    EXPECT_EQ(wrong.fault(), Fault::SettingUnusable);
    EXPECT_THAT(wrong.what(), HasSubstr("correct its PIN"));
    const auto other = tests::makeIdentity({});
    EXPECT_EQ(failureOf([&] { load({file(*other.certificate)}); }).fault(), Fault::SettingUnusable);
}

TEST_F(TokenRoom, refusesAKeyThatCouldBeReadOut) {
    const auto made =
        run("pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so --token-label " +
            std::string{SoftToken::Label} + " --login --pin " + SoftToken::Pin +
            " --keypairgen --key-type EC:prime256v1 --label open --id 05 --extractable");
    ASSERT_EQ(made.exitCode, 0) << made.output;
    const auto issuer = tests::makeIdentity({});
    X509_set_pubkey(issuer.certificate.get(), pkcs11::tokenPublicKey(*token_, "open").get());
    X509_sign(issuer.certificate.get(), issuer.key.get(), EVP_sha256());
    const auto failure = failureOf([&] { load({file(*issuer.certificate)}); });
    EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
    EXPECT_THAT(failure.what(), HasSubstr("could be read out"));
}

}  // namespace
}  // namespace zegel::press
