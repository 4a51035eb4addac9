#include "pinmailer/press/print_room.h"

#include "drivers/base/failure.h"
#include "tests/unit/seal/made_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace zegel::press {
namespace {

using testing::HasSubstr;
using tests::makeIdentity;
using tests::run;
using tests::writeFile;
using tests::writePem;

std::string complaintOf(const std::function<void()>& load) {
    try {
        load();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
        return failure.what();
    }
    return "loaded";
}

SecretBytes password(std::string_view text) {
    return secretOf(bytesOf(text));
}

class PrintRoom : public testing::Test {
protected:
    /// As a print room makes its own: by the openssl command line.
    void makePkcs12(const std::string& options) {
        writePem(folder_.path("room.pem"), *room_.certificate);
        writePem(folder_.path("room.key"), *room_.key);
        const auto made = run("openssl pkcs12 -export -in " + folder_.path("room.pem") +
                              " -passout pass:geheim -out " + folder_.path("room.p12") + options);
        ASSERT_EQ(made.exitCode, 0) << made.output;
    }

    tests::MadeFolder folder_;
    tests::MadeIdentity room_ = makeIdentity({});
};

TEST_F(PrintRoom, loadsKeyAndCertificateThatOpensslExported) {
    makePkcs12(" -inkey " + folder_.path("room.key"));
    const auto key = loadPrintRoomKey(folder_.path("room.p12"), password("geheim"));
    EXPECT_EQ(EVP_PKEY_eq(key.key.get(), room_.key.get()), 1);
    EXPECT_EQ(X509_cmp(key.certificate.get(), room_.certificate.get()), 0);
}

TEST_F(PrintRoom, namesTheFileAndWhatIsWrongWithIt) {
    makePkcs12(" -inkey " + folder_.path("room.key"));
    EXPECT_THAT(complaintOf([&] { loadPrintRoomKey(folder_.path("room.p12"), password("fout")); }),
                testing::AllOf(HasSubstr("password does not open"), HasSubstr("room.p12")));
    EXPECT_THAT(complaintOf([&] { loadPrintRoomKey(folder_.path("gone.p12"), password("x")); }),
                HasSubstr("cannot open"));
    EXPECT_THAT(complaintOf([&] { loadPrintRoomKey(folder_.path("room.pem"), password("x")); }),
                HasSubstr("not a PKCS#12 file"));
    makePkcs12(" -nokeys");
    EXPECT_THAT(
        complaintOf([&] { loadPrintRoomKey(folder_.path("room.p12"), password("geheim")); }),
        HasSubstr("no private key"));
}

TEST_F(PrintRoom, readsAPasswordFromTheFirstLineOfAFile) {
    const auto read = [&](std::string_view text) {
        writeFile(folder_.path("pw"), bytesOf(text));
        return readPassword(folder_.path("pw")).disclose(Disclosure::ToCheck, [](ByteView octets) {
            return textOf(octets);
        });
    };
    EXPECT_EQ(read("geheim"), "geheim");
    EXPECT_EQ(read("geheim\n"), "geheim");
    EXPECT_EQ(read("ge heim \r\nsecond"), "ge heim ");
    EXPECT_THAT(complaintOf([&] { read("\nsecond"); }), HasSubstr("empty line"));
    EXPECT_THAT(complaintOf([&] { read(""); }), HasSubstr("empty line"));
    EXPECT_THAT(complaintOf([&] { readPassword(folder_.path("gone")); }), HasSubstr("gone"));
}

TEST_F(PrintRoom, pinsExactlyOneStationCertificate) {
    writePem(folder_.path("station.pem"), *room_.certificate);
    EXPECT_EQ(X509_cmp(loadStationCertificate(folder_.path("station.pem")).get(),
                       room_.certificate.get()),
              0);
    run("cat " + folder_.path("station.pem") + " " + folder_.path("station.pem") + " > " +
        folder_.path("two.pem"));
    EXPECT_THAT(complaintOf([&] { loadStationCertificate(folder_.path("two.pem")); }),
                HasSubstr("holds 2 certificates"));
}

}  // namespace
}  // namespace zegel::press
