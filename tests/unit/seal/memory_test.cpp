#include "pinmailer/seal/sealer.h"
#include "tests/test_name.h"
#include "tests/unit/seal/made_identity.h"
#include "tests/unit/seal/memory_search.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace zegel::seal {
namespace {

using tests::countInMemory;
using tests::makeIdentity;

struct Hidden {
    Bytes pin;
    Bytes puk;
    Bytes revocation;
};

Bytes hiddenOf(const SecretBytes& code) {
    return code.disclose(Disclosure::ToCheck, [](ByteView octets) {
        Bytes hidden(octets.size());
        std::ranges::transform(octets, hidden.begin(), [](std::uint8_t octet) {
            return static_cast<std::uint8_t>(octet ^ tests::Hiding);
        });
        return hidden;
    });
}

Hidden hiddenOf(const Codes& codes) {
    return {hiddenOf(codes.pin), hiddenOf(codes.puk), hiddenOf(codes.revocation)};
}

int copiesOf(const Hidden& hidden) {
    return countInMemory(hidden.pin) + countInMemory(hidden.puk) + countInMemory(hidden.revocation);
}

// Twelve digits are not in memory by chance.
constexpr CodePolicy Long{12, 12, 24};

TEST(MemorySearch, findsACopyThatIsThere) {
    if (!tests::MemoryIsAsShipped) GTEST_SKIP() << "a sanitizer keeps what was freed";
    const auto codes = drawCodes(Long, {});
    const auto hidden = hiddenOf(codes);
    EXPECT_EQ(copiesOf(hidden), 3);
    const auto copy = codes.pin.disclose(Disclosure::ToCheck, [](ByteView octets) {
        return std::make_unique<std::string>("PIN " + textOf(octets) + " forgotten");
    });
    EXPECT_GE(countInMemory(hidden.pin), 2) << copy->size();
}

TEST(MemorySearch, findsACopyThatWasFreedWithoutWiping) {
    if (!tests::MemoryIsAsShipped) GTEST_SKIP() << "a sanitizer keeps what was freed";
    const auto codes = drawCodes(Long, {});
    const auto hidden = hiddenOf(codes);
    codes.revocation.disclose(Disclosure::ToCheck, [](ByteView octets) {
        const auto careless = std::make_unique<std::string>(
            "What malloc overwrites when it frees. " + textOf(octets) + " !");
        EXPECT_GT(careless->size(), 60U);
    });
    EXPECT_GE(countInMemory(hidden.revocation), 2);
}

class LeavesNoCopy : public testing::TestWithParam<const char*> {};

TEST_P(LeavesNoCopy, ofACodeInMemoryOnceItIsSealed) {
    if (!tests::MemoryIsAsShipped) GTEST_SKIP() << "a sanitizer keeps what was freed";
    const auto room = makeIdentity({.algorithm = GetParam()});
    const auto station = makeIdentity({.commonName = "station"});
    std::vector<openssl::CertificatePtr> recipients;
    recipients.push_back(room.certificateCopy());
    const Sealer sealer{std::move(recipients), station.certificateCopy(), station.keyCopy(),
                        SystemClock{}.now()};
    const Bond bond{OrderId{"o"}, ChipSerial{"c"}, CertificateNumber{"n"}, LetterId{"l"}};

    auto codes = drawCodes(Long, {});
    const auto hidden = hiddenOf(codes);
    EXPECT_TRUE(revocationMatches(hashOfRevocation(codes.revocation), codes.revocation));
    const auto sealed = sealer.seal(std::move(codes), bond);
    EXPECT_FALSE(sealed.der().empty());
    EXPECT_EQ(copiesOf(hidden), 0);
}

INSTANTIATE_TEST_SUITE_P(EveryKind, LeavesNoCopy, testing::Values("RSA-2048", "P-256"),
                         tests::ByText);

}  // namespace
}  // namespace zegel::seal
