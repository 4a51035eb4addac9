#include "pinmailer/press/opening.h"

#include "pinmailer/press/envelope_form.h"
#include "pinmailer/press/sealed_record.h"
#include "pinmailer/seal/envelope.h"
#include "pinmailer/seal/record.h"
#include "tests/test_name.h"
#include "tests/unit/press/made_letter.h"
#include "tests/unit/seal/memory_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>

namespace zegel::press {
namespace {

using testing::HasSubstr;
using tests::madeBond;
using tests::madeCodes;
using tests::MadeHouse;
using tests::madeLetter;
using tests::shown;

std::string complaintOf(const std::function<void()>& open) {
    try {
        open();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::SealBroken) << failure.what();
        return failure.what();
    }
    return "opened";
}

std::string complaintOf(const MadeHouse& house, ByteView file) {
    return complaintOf([&] { openLetter(file, house.roomKey(), *house.station().certificate); });
}

std::string complaintOfRecord(const MadeHouse& house, ByteView record) {
    return complaintOf([&] { openRecord(record, house.roomKey(), *house.station().certificate); });
}

Bytes sealedCodesOf(const MadeHouse& house) {
    const auto sealed = house.sealer().seal(madeCodes(), madeBond());
    return {sealed.der().begin(), sealed.der().end()};
}

class OpenLetter : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(OpenLetter, givesTheCodesThatWereSealed) {
    const MadeHouse house{GetParam().first, GetParam().second};
    const auto opened =
        openLetter(house.letterFile(), house.roomKey(), *house.station().certificate);
    EXPECT_EQ(shown(opened.codes.pin), "073915");
    EXPECT_EQ(shown(opened.codes.puk), "90124876");
    EXPECT_EQ(shown(opened.codes.revocation), "ABCDEFGHJKM6");
    EXPECT_EQ(opened.letter.certificateName, "Burgerzaken balie");
}

INSTANTIATE_TEST_SUITE_P(EveryKind, OpenLetter,
                         testing::Values(std::pair{"P-256", "P-256"},
                                         std::pair{"RSA-2048", "RSA-2048"},
                                         std::pair{"P-384", "P-384"},
                                         std::pair{"RSA-3072", "P-256"}),
                         tests::ByBothTexts);

TEST(OpenRecord, givesTheBond) {
    const MadeHouse house;
    const auto record =
        openRecord(sealedCodesOf(house), house.roomKey(), *house.station().certificate);
    EXPECT_EQ(record.bond.order.value(), "2026-000123");
    EXPECT_EQ(record.bond.chip.value(), "piv-00A1B2C3");
    EXPECT_EQ(record.bond.certificate.value(), "ZGL-26-000012-4");
    EXPECT_EQ(record.bond.letter.value(), "7f3a9c");
}

TEST(OpenRecord, knowsACardWithoutAPuk) {
    const MadeHouse house;
    auto codes = madeCodes();
    codes.puk = {};
    const auto sealed = house.sealer().seal(std::move(codes), madeBond());
    const auto record = openRecord(sealed.der(), house.roomKey(), *house.station().certificate);
    EXPECT_TRUE(record.codes.puk.empty());
    EXPECT_EQ(shown(record.codes.revocation), "ABCDEFGHJKM6");
}

TEST(OpenLetter, refusesEveryTruncation) {
    const MadeHouse house;
    const auto file = house.letterFile();
    for (std::size_t size = 0; size < file.size(); size += 7) {
        EXPECT_NE(complaintOf(house, ByteView{file}.first(size)), "opened") << size;
    }
    auto longer = file;
    longer.push_back(0);
    EXPECT_THAT(complaintOf(house, longer), HasSubstr("cut, altered or foreign"));
}

TEST(OpenLetter, refusesAnAlteredLetter) {
    const MadeHouse house;
    auto file = house.letterFile();
    const auto street = bytesOf("Stationsplein");
    const auto at = std::search(file.begin(), file.end(), street.begin(), street.end());
    ASSERT_NE(at, file.end());
    *at = 'T';
    EXPECT_THAT(complaintOf(house, file), HasSubstr("signature does not hold"));
}

TEST(OpenLetter, refusesALetterOfAnotherStation) {
    const MadeHouse house;
    const MadeHouse other;
    EXPECT_THAT(complaintOf([&] {
                    openLetter(house.letterFile(), house.roomKey(), *other.station().certificate);
                }),
                HasSubstr("somebody other than the station"));
}

TEST(OpenLetter, refusesALetterForAnotherPrintRoom) {
    const MadeHouse house;
    for (const auto* algorithm : {"P-256", "RSA-2048"}) {
        const MadeHouse other{algorithm};
        EXPECT_THAT(complaintOf([&] {
                        openLetter(house.letterFile(), other.roomKey(),
                                   *house.station().certificate);
                    }),
                    HasSubstr("not for this print room's key"));
    }
}

TEST(OpenLetter, refusesAKeyThatDoesNotBelongToItsCertificate) {
    const MadeHouse house{"RSA-2048"};
    const MadeHouse other{"RSA-2048"};
    EXPECT_NE(complaintOf([&] {
                  openLetter(house.letterFile(),
                             {other.room().keyCopy(), house.room().certificateCopy()},
                             *house.station().certificate);
              }),
              "opened");
}

TEST(OpenLetter, refusesCodesSwappedInFromAnotherLetter) {
    const MadeHouse house;
    auto bond = madeBond();
    bond.letter = LetterId{"000000"};
    EXPECT_THAT(complaintOf(house, house.letterFile(madeLetter(), madeCodes(), bond)),
                HasSubstr("belong to another letter"));
    bond = madeBond();
    bond.order = OrderId{"2026-000124"};
    EXPECT_THAT(complaintOf(house, house.letterFile(madeLetter(), madeCodes(), bond)),
                HasSubstr("belong to another order"));
    bond = madeBond();
    bond.certificate = CertificateNumber{"ZGL-26-000013-2"};
    EXPECT_THAT(complaintOf(house, house.letterFile(madeLetter(), madeCodes(), bond)),
                HasSubstr("another certificate number"));
}

TEST(OpenLetter, refusesALetterThatDisagreesAboutThePuk) {
    const MadeHouse house;
    auto letter = madeLetter();
    letter.pukTries = 0;
    EXPECT_THAT(complaintOf(house, house.letterFile(letter, madeCodes(), madeBond())),
                HasSubstr("PUK"));
}

TEST(OpenLetter, takesNeitherCodesForALetterNorALetterForCodes) {
    const MadeHouse house;
    EXPECT_THAT(complaintOf(house, sealedCodesOf(house)), HasSubstr("another kind"));
    EXPECT_THAT(complaintOfRecord(house, house.letterFile()), HasSubstr("another kind"));
}

TEST(OpenRecord, refusesWhatIsNotSigned) {
    const MadeHouse house;
    EXPECT_THAT(complaintOfRecord(house, house.envelopeIn(sealedCodesOf(house))),
                HasSubstr("not signed"));
}

TEST(OpenRecord, refusesASecondSignature) {
    const MadeHouse house;
    const auto record = sealedCodesOf(house);
    const auto* at = record.data();
    const openssl::CmsPtr cms{d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(record.size()))};
    const auto other = tests::makeIdentity({.commonName = "other"});
    ASSERT_NE(CMS_add1_signer(cms.get(), other.certificate.get(), other.key.get(), EVP_sha256(),
                              CMS_REUSE_DIGEST),
              nullptr);
    Bytes der(static_cast<std::size_t>(i2d_CMS_ContentInfo(cms.get(), nullptr)));
    auto* out = der.data();
    i2d_CMS_ContentInfo(cms.get(), &out);
    EXPECT_THAT(complaintOfRecord(house, der), HasSubstr("exactly one signature"));
}

TEST(OpenRecord, refusesASignatureOverAnOutdatedDigest) {
    const MadeHouse house;
    const auto envelope = house.envelopeIn(sealedCodesOf(house));
    const openssl::BioPtr in{BIO_new_mem_buf(envelope.data(), static_cast<int>(envelope.size()))};
    const openssl::CmsPtr cms{
        CMS_sign(nullptr, nullptr, nullptr, nullptr, CMS_PARTIAL | CMS_BINARY | CMS_NOCERTS)};
    auto* type = OBJ_txt2obj(seal::ContentType::SealedCodes, 1);
    CMS_set1_eContentType(cms.get(), type);
    ASN1_OBJECT_free(type);
    ASSERT_NE(CMS_add1_signer(cms.get(), house.station().certificate.get(),
                              house.station().key.get(), EVP_sha1(), CMS_USE_KEYID),
              nullptr);
    ASSERT_EQ(CMS_final(cms.get(), in.get(), nullptr, CMS_BINARY), 1);
    Bytes der(static_cast<std::size_t>(i2d_CMS_ContentInfo(cms.get(), nullptr)));
    auto* out = der.data();
    i2d_CMS_ContentInfo(cms.get(), &out);
    EXPECT_THAT(complaintOfRecord(house, der), HasSubstr("outdated digest"));
}

/// An envelope that OpenSSL makes when asked for it in the usual way.
Bytes usualEnvelope(const MadeHouse& house, const EVP_CIPHER* cipher) {
    const auto content = bytesOf("something");
    const openssl::BioPtr in{BIO_new_mem_buf(content.data(), static_cast<int>(content.size()))};
    auto* recipients = sk_X509_new_null();
    sk_X509_push(recipients, house.room().certificate.get());
    const openssl::CmsPtr cms{CMS_encrypt(recipients, in.get(), cipher, CMS_BINARY)};
    sk_X509_free(recipients);
    Bytes der(static_cast<std::size_t>(i2d_CMS_ContentInfo(cms.get(), nullptr)));
    auto* out = der.data();
    i2d_CMS_ContentInfo(cms.get(), &out);
    return der;
}

TEST(OpenRecord, refusesOlderEncryptionByName) {
    const MadeHouse rsa{"RSA-2048"};
    const MadeHouse ec{"P-256"};
    EXPECT_THAT(complaintOfRecord(rsa, rsa.signedAsCodes(usualEnvelope(rsa, EVP_aes_256_cbc()))),
                HasSubstr("not authenticated encryption"));
    EXPECT_THAT(complaintOfRecord(rsa, rsa.signedAsCodes(usualEnvelope(rsa, EVP_aes_256_gcm()))),
                HasSubstr("other than RSAES-OAEP"));
    EXPECT_THAT(complaintOfRecord(ec, ec.signedAsCodes(usualEnvelope(ec, EVP_aes_256_gcm()))),
                HasSubstr("other than ECDH with SHA-256"));
}

TEST(OpenRecord, refusesAnotherCipherByName) {
    const MadeHouse house;
    auto envelope = house.envelopeIn(sealedCodesOf(house));
    // aes256-GCM ends in 46; 26 is aes192-GCM.
    constexpr std::array<std::uint8_t, 9> Gcm256{0x60, 0x86, 0x48, 0x01, 0x65,
                                                 0x03, 0x04, 0x01, 0x2E};
    const auto at = std::search(envelope.begin(), envelope.end(), Gcm256.begin(), Gcm256.end());
    ASSERT_NE(at, envelope.end());
    at[Gcm256.size() - 1] = 0x1A;
    EXPECT_THAT(complaintOfRecord(house, house.signedAsCodes(envelope)),
                HasSubstr("other than AES-256-GCM"));
}

/// Takes octets off the tag, which ends the envelope, and mends every length around it.
Bytes withTagCutTo(Bytes envelope, std::size_t octets) {
    const auto cut = 16 - octets;
    envelope.resize(envelope.size() - cut);
    envelope[envelope.size() - octets - 1] = static_cast<std::uint8_t>(octets);
    std::size_t at = 0;
    for (const std::size_t skipped : {13U, 0U, 0U}) {  // the type after the first header
        EXPECT_EQ(envelope[at + 1], 0x82);
        const auto length =
            (static_cast<std::size_t>(envelope[at + 2]) << 8U | envelope[at + 3]) - cut;
        envelope[at + 2] = static_cast<std::uint8_t>(length >> 8U);
        envelope[at + 3] = static_cast<std::uint8_t>(length & 0xFFU);
        at += 4 + skipped;
    }
    return envelope;
}

TEST(OpenRecord, refusesACutTag) {
    const MadeHouse house;
    const auto envelope = house.envelopeIn(sealedCodesOf(house));
    EXPECT_EQ(complaintOfRecord(house, house.signedAsCodes(withTagCutTo(envelope, 16))), "opened");
    for (const std::size_t octets : {15U, 12U, 8U, 4U}) {
        const auto cut = withTagCutTo(envelope, octets);
        const auto* at = cut.data();
        const openssl::CmsPtr cms{d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(cut.size()))};
        EXPECT_TRUE(cms) << "the record would not be refused for its tag";
        EXPECT_THAT(complaintOfRecord(house, house.signedAsCodes(cut)), HasSubstr("cut tag"));
    }
}

TEST(OpenRecord, refusesAWrongTagAndAlteredContent) {
    const MadeHouse house;
    const auto envelope = house.envelopeIn(sealedCodesOf(house));
    for (const std::size_t fromEnd : {1U, 16U, 19U, 30U, 60U}) {
        auto altered = envelope;
        altered[altered.size() - fromEnd] ^= 0x80U;
        EXPECT_THAT(complaintOfRecord(house, house.signedAsCodes(altered)),
                    HasSubstr("tag does not hold"))
            << fromEnd;
    }
}

TEST(OpenRecord, survivesEveryAlteredOctetOfTheEnvelope) {
    const MadeHouse house;
    const auto envelope = house.envelopeIn(sealedCodesOf(house));
    for (std::size_t at = 0; at < envelope.size(); ++at) {
        for (const std::uint8_t change : Bytes{0x01, 0x80, 0xFF}) {
            auto altered = envelope;
            altered[at] = static_cast<std::uint8_t>(altered[at] ^ change);
            const auto complaint = complaintOfRecord(house, house.signedAsCodes(altered));
            // Who is meant by the recipient's and originator's names is not what decrypts it.
            if (complaint == "opened") continue;
            EXPECT_EQ(complaint.find("073915"), std::string::npos);
        }
    }
}

TEST(EnvelopeForm, refusesEveryTruncation) {
    const MadeHouse house;
    const auto envelope = house.envelopeIn(sealedCodesOf(house));
    EXPECT_NO_THROW(expectEnvelopeForm(envelope));
    for (std::size_t size = 0; size < envelope.size(); ++size) {
        EXPECT_NE(complaintOf([&] { expectEnvelopeForm(ByteView{envelope}.first(size)); }),
                  "opened");
    }
}

std::string complaintOfContent(Bytes content) {
    return complaintOf([&] { decodeRecord(SecretBytes{std::move(content)}); });
}

Bytes madeContent(const std::function<void(seal::Codes&, seal::Bond&)>& change) {
    auto codes = madeCodes();
    auto bond = madeBond();
    change(codes, bond);
    return seal::encodeRecord(codes, bond).disclose(Disclosure::ToCheck, [](ByteView octets) {
        return Bytes{octets.begin(), octets.end()};
    });
}

TEST(SealedRecord, namesTheFieldThatIsWrong) {
    const auto nothing = [](auto&, auto&) {};
    EXPECT_EQ(complaintOfContent(madeContent(nothing)), "opened");
    EXPECT_THAT(complaintOfContent({}), HasSubstr("not a record of codes"));
    auto longer = madeContent(nothing);
    longer.push_back(0);
    EXPECT_THAT(complaintOfContent(longer), HasSubstr("does not end"));
    EXPECT_THAT(complaintOfContent(madeContent(
                    [](auto& codes, auto&) { codes.pin = secretOf(bytesOf("07391x")); })),
                HasSubstr("PIN is not 4 to 12 digits"));
    EXPECT_THAT(complaintOfContent(
                    madeContent([](auto& codes, auto&) { codes.pin = secretOf(bytesOf("123")); })),
                HasSubstr("PIN is not 4 to 12 digits"));
    EXPECT_THAT(complaintOfContent(
                    madeContent([](auto& codes, auto&) { codes.puk = secretOf(bytesOf("123")); })),
                HasSubstr("PUK is not 4 to 12 digits"));
    for (const auto* wrong : {"ABCDEFGHJKM7", "abcdefghjkm6", "ABCD EFGH JKM6"}) {
        EXPECT_THAT(complaintOfContent(madeContent(
                        [&](auto& codes, auto&) { codes.revocation = secretOf(bytesOf(wrong)); })),
                    HasSubstr("revocation code is not one of ours"));
    }
    EXPECT_THAT(
        complaintOfContent(madeContent([](auto&, auto& bond) { bond.chip = ChipSerial{"a\nb"}; })),
        HasSubstr("chip serial holds a control character"));
}

TEST(SealedRecord, refusesEveryTruncationAndNeverTellsACode) {
    const auto whole = madeContent([](auto&, auto&) {});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto complaint =
            complaintOfContent({whole.begin(), whole.begin() + static_cast<long>(size)});
        EXPECT_NE(complaint, "opened");
        EXPECT_EQ(complaint.find("073915"), std::string::npos);
    }
}

TEST(OpenLetter, leavesNoCopyOfACodeInMemory) {
    if (!tests::MemoryIsAsShipped) GTEST_SKIP() << "a sanitizer keeps what was freed";
    const MadeHouse house;
    const auto drawn = seal::drawCodes({12, 12, 24}, {});
    std::array<Bytes, 3> hidden;
    const auto hide = [](const SecretBytes& code) {
        return code.disclose(Disclosure::ToCheck, [](ByteView octets) {
            Bytes out(octets.size());
            std::ranges::transform(octets, out.begin(), [](std::uint8_t octet) {
                return static_cast<std::uint8_t>(octet ^ tests::Hiding);
            });
            return out;
        });
    };
    hidden = {hide(drawn.pin), hide(drawn.puk), hide(drawn.revocation)};
    const auto copies = [&] {
        int count = 0;
        for (const auto& code : hidden) {
            count += tests::countInMemory(code);
        }
        return count;
    };
    auto letter = [&] {
        seal::Codes codes;
        drawn.pin.disclose(Disclosure::ToCheck, [&](auto octets) { codes.pin = secretOf(octets); });
        drawn.puk.disclose(Disclosure::ToCheck, [&](auto octets) { codes.puk = secretOf(octets); });
        drawn.revocation.disclose(Disclosure::ToCheck,
                                  [&](auto octets) { codes.revocation = secretOf(octets); });
        return house.letterFile(madeLetter(), std::move(codes), madeBond());
    }();
    ASSERT_EQ(copies(), 3);  // those in `drawn`
    {
        const auto opened = openLetter(letter, house.roomKey(), *house.station().certificate);
        EXPECT_EQ(copies(), 6);
    }
    EXPECT_EQ(copies(), 3);
}

TEST(ReadLetter, showsALetterWithoutItsCodes) {
    const MadeHouse house;
    const auto file = house.letterFile();
    EXPECT_EQ(readLetter(file, *house.station().certificate).organisation, "Gemeente Grootveen");
    EXPECT_EQ(readUncheckedLetter(file).letter.value(), "7f3a9c");
    EXPECT_THAT(complaintOf([] { readUncheckedLetter(bytesOf("not a letter")); }),
                HasSubstr("cut, altered or foreign"));
}

}  // namespace
}  // namespace zegel::press
