#include "pinmailer/seal/sealer.h"

#include "drivers/base/hex.h"
#include "pinmailer/seal/record.h"
#include "tests/test_name.h"
#include "tests/unit/seal/made_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace zegel::seal {
namespace {

using testing::HasSubstr;
using tests::makeIdentity;
using tests::readFile;
using tests::run;
using tests::writeFile;
using tests::writePem;

TimePoint now() {
    return SystemClock{}.now();
}

Codes someCodes() {
    return {secretOf(bytesOf("073915")), secretOf(bytesOf("90124876")),
            secretOf(bytesOf("ABCDEFGHJKMN"))};
}

Bond someBond() {
    return {OrderId{"order-7"}, ChipSerial{"piv-00A1B2C3"}, CertificateNumber{"ZGL-26-000012-4"},
            LetterId{"7f3a9c"}};
}

/// What the sealed record must say, written out by hand from its description in record.h.
std::string someRecord() {
    using namespace std::string_literals;
    return "ZGLCODE\x01"s + "\x01\x00\x07order-7"s + "\x02\x00\x0Cpiv-00A1B2C3"s +
           "\x03\x00\x0FZGL-26-000012-4"s + "\x04\x00\x06"s + "7f3a9c" + "\x05\x00\x06"s +
           "073915" + "\x06\x00\x08"s + "90124876" + "\x07\x00\x0C"s + "ABCDEFGHJKMN";
}

Sealer sealerTo(const std::vector<const tests::MadeIdentity*>& recipients,
                const tests::MadeIdentity& station) {
    std::vector<openssl::CertificatePtr> certificates;
    for (const auto* recipient : recipients) {
        certificates.push_back(recipient->certificateCopy());
    }
    return {std::move(certificates), station.certificateCopy(), station.keyCopy(), now()};
}

/// The openssl command line in the print room's place: it shares no code with the sealer.
class Stranger {
public:
    explicit Stranger(const tests::MadeIdentity& station) {
        writePem(folder_.path("station.pem"), *station.certificate);
    }

    tests::Ran verify(ByteView signedRecord) {
        writeFile(folder_.path("signed.der"), signedRecord);
        return run("openssl cms -verify -binary -inform DER -in " + folder_.path("signed.der") +
                   " -certfile " + folder_.path("station.pem") + " -CAfile " +
                   folder_.path("station.pem") + " -purpose any -out " + folder_.path("inner.der"));
    }

    Bytes inner() const { return readFile(folder_.path("inner.der")); }

    tests::Ran decrypt(ByteView enveloped, const tests::MadeIdentity& printRoom) {
        writeFile(folder_.path("enveloped.der"), enveloped);
        writePem(folder_.path("room.pem"), *printRoom.certificate);
        writePem(folder_.path("room.key"), *printRoom.key);
        return run("openssl cms -decrypt -binary -inform DER -in " + folder_.path("enveloped.der") +
                   " -recip " + folder_.path("room.pem") + " -inkey " + folder_.path("room.key") +
                   " -out " + folder_.path("plain"));
    }

    std::string plain() const { return textOf(readFile(folder_.path("plain"))); }

    std::string describe(ByteView der) {
        writeFile(folder_.path("described.der"), der);
        return run("openssl cms -cmsout -print -noout -inform DER -in " +
                   folder_.path("described.der"))
            .output;
    }

private:
    tests::MadeFolder folder_;
};

class SealTo : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(SealTo, isVerifiedAndOpenedByTheOpensslCommandLine) {
    const auto room = makeIdentity({.algorithm = GetParam().first});
    const auto station = makeIdentity({.algorithm = GetParam().second, .commonName = "station"});
    const auto sealed = sealerTo({&room}, station).seal(someCodes(), someBond());

    Stranger stranger{station};
    const auto verified = stranger.verify(sealed.der());
    ASSERT_EQ(verified.exitCode, 0) << verified.output;
    const auto decrypted = stranger.decrypt(stranger.inner(), room);
    ASSERT_EQ(decrypted.exitCode, 0) << decrypted.output;
    EXPECT_EQ(stranger.plain(), someRecord());
}

INSTANTIATE_TEST_SUITE_P(EveryKind, SealTo,
                         testing::Values(std::pair{"RSA-2048", "P-256"},
                                         std::pair{"P-256", "RSA-2048"},
                                         std::pair{"P-384", "P-384"},
                                         std::pair{"RSA-3072", "RSA-3072"}),
                         tests::ByBothTexts);

TEST(Seal, opensForEveryRecipientAndForNobodyElse) {
    const auto rsaRoom = makeIdentity({.algorithm = "RSA-2048"});
    const auto ecRoom = makeIdentity({.algorithm = "P-256"});
    const auto stranger = makeIdentity({.algorithm = "P-256"});
    const auto station = makeIdentity({.commonName = "station"});
    const auto sealed = sealerTo({&rsaRoom, &ecRoom}, station).seal(someCodes(), someBond());

    Stranger tool{station};
    ASSERT_EQ(tool.verify(sealed.der()).exitCode, 0);
    const auto inner = tool.inner();
    EXPECT_EQ(tool.decrypt(inner, rsaRoom).exitCode, 0);
    EXPECT_EQ(tool.plain(), someRecord());
    EXPECT_EQ(tool.decrypt(inner, ecRoom).exitCode, 0);
    EXPECT_EQ(tool.plain(), someRecord());
    EXPECT_NE(tool.decrypt(inner, stranger).exitCode, 0);
}

TEST(Seal, usesAuthenticatedEncryptionOaepAndNothingOlder) {
    const auto rsaRoom = makeIdentity({.algorithm = "RSA-2048"});
    const auto ecRoom = makeIdentity({.algorithm = "P-256"});
    const auto station = makeIdentity({.algorithm = "RSA-2048", .commonName = "station"});
    const auto sealed = sealerTo({&rsaRoom, &ecRoom}, station).seal(someCodes(), someBond());

    Stranger tool{station};
    EXPECT_THAT(tool.describe(sealed.der()), HasSubstr("rsassaPss"));
    ASSERT_EQ(tool.verify(sealed.der()).exitCode, 0);
    const auto words = tool.describe(tool.inner());
    EXPECT_THAT(words, HasSubstr("id-smime-ct-authEnvelopedData"));
    EXPECT_THAT(words, HasSubstr("rsaesOaep"));
    EXPECT_THAT(words, HasSubstr("dhSinglePass-stdDH-sha256kdf-scheme"));
    EXPECT_THAT(words, HasSubstr("aes-256-gcm"));
    EXPECT_THAT(words, testing::Not(HasSubstr("rsaEncryption")));
}

TEST(Seal, holdsNoCodeInTheClear) {
    const auto room = makeIdentity({});
    const auto station = makeIdentity({.commonName = "station"});
    const auto sealed = sealerTo({&room}, station).seal(someCodes(), someBond());
    const auto text = textOf(sealed.der());
    for (const auto* code : {"073915", "90124876", "ABCDEFGHJKMN", "order-7"}) {
        EXPECT_EQ(text.find(code), std::string::npos) << code;
    }
}

TEST(Seal, consumesTheCodes) {
    const auto room = makeIdentity({});
    const auto station = makeIdentity({.commonName = "station"});
    auto codes = someCodes();
    sealerTo({&room}, station).seal(std::move(codes), someBond());
    EXPECT_TRUE(codes.pin.empty());  // NOLINT(bugprone-use-after-move): that is the point
    EXPECT_TRUE(codes.puk.empty());
    EXPECT_TRUE(codes.revocation.empty());
}

TEST(Seal, isNoticedByTheStrangerWhenAnyOctetOfTheContentChanges) {
    const auto room = makeIdentity({});
    const auto station = makeIdentity({.commonName = "station"});
    const auto sealed = sealerTo({&room}, station).seal(someCodes(), someBond());
    Stranger tool{station};
    ASSERT_EQ(tool.verify(sealed.der()).exitCode, 0);
    const auto inner = tool.inner();
    const auto whole = sealed.der();
    const auto found = std::search(whole.begin(), whole.end(), inner.begin(), inner.end());
    ASSERT_NE(found, whole.end());
    const auto start = static_cast<std::size_t>(found - whole.begin());
    for (std::size_t at = start; at < start + inner.size(); at += 29) {
        Bytes altered{whole.begin(), whole.end()};
        altered[at] ^= 0x01U;
        EXPECT_NE(tool.verify(altered).exitCode, 0) << "octet " << at;
    }
}

TEST(Seal, refusesABondWithoutALetter) {
    const auto room = makeIdentity({});
    const auto station = makeIdentity({.commonName = "station"});
    auto bond = someBond();
    bond.letter = LetterId{};
    EXPECT_THROW(sealerTo({&room}, station).seal(someCodes(), bond), Failure);
}

TEST(Sign, makesARecordTheStrangerVerifiesAndCannotTakeForSealedCodes) {
    const auto room = makeIdentity({});
    const auto station = makeIdentity({.commonName = "station"});
    const auto signedLetter = sealerTo({&room}, station).sign(bytesOf("a letter\n"));
    Stranger tool{station};
    const auto verified = tool.verify(signedLetter);
    ASSERT_EQ(verified.exitCode, 0) << verified.output;
    EXPECT_EQ(textOf(tool.inner()), "a letter\n");
    const auto words = tool.describe(signedLetter);
    EXPECT_THAT(words, HasSubstr(ContentType::ReleasedLetter));
    EXPECT_THAT(words, testing::Not(HasSubstr(ContentType::SealedCodes)));
}

TEST(SealForRecovery, opensWithTheRecoveryKey) {
    const auto officer = makeIdentity({.algorithm = "RSA-2048", .commonName = "recovery"});
    const auto sealed = sealForRecovery(secretOf(bytesOf("a private key")), *officer.certificate);
    Stranger tool{officer};
    const auto decrypted = tool.decrypt(sealed, officer);
    ASSERT_EQ(decrypted.exitCode, 0) << decrypted.output;
    EXPECT_EQ(tool.plain(), "a private key");
}

std::string complaintOf(const tests::Wish& roomWish, const tests::Wish& stationWish) {
    const auto room = makeIdentity(roomWish);
    const auto station = makeIdentity(stationWish);
    try {
        sealerTo({&room}, station);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
        return failure.what();
    }
    return "accepted";
}

TEST(SealerSettings, areRefusedByName) {
    const tests::Wish station{.commonName = "station"};
    EXPECT_EQ(complaintOf({}, station), "accepted");
    EXPECT_EQ(complaintOf({.keyUsage = "keyAgreement"}, station), "accepted");
    EXPECT_EQ(complaintOf({.algorithm = "RSA-2048", .keyUsage = "keyEncipherment"}, station),
              "accepted");
    EXPECT_EQ(complaintOf({.keyId = false}, {.keyId = false}), "accepted");
    EXPECT_THAT(complaintOf({.notAfter = -60}, station),
                HasSubstr("\"CN=print room\" has expired"));
    EXPECT_THAT(complaintOf({.notBefore = 3600}, station), HasSubstr("not valid yet"));
    EXPECT_THAT(complaintOf({.keyUsage = "digitalSignature"}, station), HasSubstr("keyAgreement"));
    EXPECT_THAT(complaintOf({.algorithm = "RSA-2048", .keyUsage = "digitalSignature"}, station),
                HasSubstr("keyEncipherment"));
    EXPECT_THAT(complaintOf({.algorithm = "RSA-1024"}, station), HasSubstr("2048"));
    EXPECT_THAT(complaintOf({.algorithm = "ED25519"}, station), HasSubstr("neither RSA"));
    EXPECT_THAT(complaintOf({}, {.commonName = "station", .notAfter = -60}),
                HasSubstr("\"CN=station\" has expired"));
    EXPECT_THAT(complaintOf({}, {.keyUsage = "keyAgreement"}), HasSubstr("digitalSignature"));
}

TEST(SealerSettings, needARecipientAndTheStationsOwnKey) {
    const auto room = makeIdentity({});
    const auto station = makeIdentity({.commonName = "station"});
    EXPECT_THROW(sealerTo({}, station), Failure);
    std::vector<openssl::CertificatePtr> recipients;
    recipients.push_back(room.certificateCopy());
    EXPECT_THROW(Sealer(std::move(recipients), station.certificateCopy(), room.keyCopy(), now()),
                 Failure);
}

}  // namespace
}  // namespace zegel::seal
