#include "drivers/base/hex.h"
#include "drivers/securechannel/scp03_channel.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace zegel::securechannel {
namespace {

using iso7816::CommandApdu;
using iso7816::ResponseApdu;
using iso7816::StatusWord;

std::string hexOf(const SecretBytes& secret) {
    return secret.disclose(Disclosure::ToCheck, [](ByteView octets) { return toHex(octets); });
}

MemoryCmacKey keyOf(const std::string& hex) {
    return MemoryCmacKey{secretOf(*fromHex(hex))};
}

std::string upper(const std::string& hex) {
    return toHex(*fromHex(hex));
}

CommandApdu commandOf(const std::string& hex) {
    return CommandApdu::decoded(*fromHex(hex));
}

/// A card that expects exactly these commands and has these answers.
class RecordedCard final : public drivers::Channel {
public:
    RecordedCard& hears(const std::string& command, const std::string& data,
                        StatusWord status = iso7816::sw::Ok) {
        exchanges_.push_back({upper(command), {*fromHex(data), status}});
        return *this;
    }

    ResponseApdu transmit(const CommandApdu& command) override {
        if (at_ == exchanges_.size()) {
            ADD_FAILURE() << "one command too many: " << hexOf(command.encoded());
            return {{}, iso7816::sw::NoPreciseDiagnosis};
        }
        const auto& [expected, answer] = exchanges_[at_++];
        EXPECT_EQ(hexOf(command.encoded()), expected);
        return answer;
    }

    bool finished() const { return at_ == exchanges_.size(); }

private:
    std::vector<std::pair<std::string, ResponseApdu>> exchanges_;
    std::size_t at_ = 0;
};

// kaoh/globalplatform, scp03Test.c.
namespace kaoh {
constexpr auto* Enc = "F995D0A069335C7DF42E590317FFEA6D";
constexpr auto* Mac = "58563362EC5A4541ABCD32B34B1EAE7D";
constexpr auto* HostChallenge = "B2BDE1A2DC66BD56";
constexpr auto* Initialize = "8050300008B2BDE1A2DC66BD5600";
constexpr auto* Answer = "00000000000000000000300370C40932A6FEFEAEB2E127185170F45FCA000015";
constexpr auto* Authenticate = "848203001059D54D932423D29F6313C970875F8C2F";
constexpr auto* Application = "A000000151000000";
}  // namespace kaoh

TEST(Scp03Vectors, sessionKeysAreThoseOfAnotherImplementation) {
    auto enc = keyOf(kaoh::Enc);
    auto mac = keyOf(kaoh::Mac);
    const auto keys = deriveSessionKeys({enc, mac, 16}, *fromHex(kaoh::HostChallenge),
                                        *fromHex("C40932A6FEFEAEB2"));
    EXPECT_EQ(hexOf(keys.enc), "9B841BB63D1087484FF7F16802017243");
    EXPECT_EQ(hexOf(keys.mac), "8117FE5ADED74AC0DAABE9FB81DBDB67");
    EXPECT_EQ(hexOf(keys.answerMac), "4521D75E4D6F60DBFB8AB4EE254EF6F1");
}

// openjavacard-tools, SCP03DerivationTest.java.
TEST(Scp03Vectors, sessionKeysUnderTheTestKeyOfGlobalPlatform) {
    auto key = keyOf("404142434445464748494A4B4C4D4E4F");
    const auto keys = deriveSessionKeys({key, key, 16}, *fromHex("A7F76C713F0A713D"),
                                        *fromHex("31900058C1C451A2"));
    EXPECT_EQ(hexOf(keys.enc), "258A78866F41482BEF482DC8CA976CCD");
    EXPECT_EQ(hexOf(keys.mac), "053DB6ABC7FDF3B63A0D965EE16B0255");
    EXPECT_EQ(hexOf(keys.answerMac), "EDA0B4F2EC0345BFC50F3BC59CFEF936");
}

TEST(Scp03Vectors, opensAndDeletesAsAnotherImplementation) {
    RecordedCard card;
    card.hears(kaoh::Initialize, kaoh::Answer)
        .hears(kaoh::Authenticate, "")
        .hears("84E400801829F06AEC3180B3EFE91FF662310B945DE0D5FE66AD67A5B6", "00");
    auto enc = keyOf(kaoh::Enc);
    auto mac = keyOf(kaoh::Mac);
    const auto opening = initializeUpdate(card, 0x30, *fromHex(kaoh::HostChallenge));
    EXPECT_EQ(toHex(opening.diversification), "00000000000000000000");
    EXPECT_EQ(toHex(opening.sequence), "000015");
    Scp03Channel channel{card,
                         opening,
                         {enc, mac, 16},
                         {Scp03Level::CommandEncryption, *fromHex(kaoh::Application)}};
    EXPECT_EQ(toHex(channel.transmit(commandOf("80E400800A4F08A00100015141434C")).data), "00");
    EXPECT_TRUE(card.finished());
}

TEST(Scp03Vectors, thePseudoRandomChallengeBelongsToOneApplicationOnly) {
    RecordedCard card;
    card.hears(kaoh::Initialize, kaoh::Answer);
    auto enc = keyOf(kaoh::Enc);
    auto mac = keyOf(kaoh::Mac);
    const auto opening = initializeUpdate(card, 0x30, *fromHex(kaoh::HostChallenge));
    const Scp03Terms terms{Scp03Level::CommandEncryption, *fromHex("A000000151000001")};
    try {
        Scp03Channel{card, opening, {enc, mac, 16}, terms};
        FAIL() << "a channel was opened";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::CardUntrusted);
    }
}

/// One session: the plain commands are the same in all of them.
struct Session {
    const char* name;
    std::size_t keyLength;
    const char* initialize;
    const char* opening;
    const char* authenticate;
    const char* getEid;
    const char* eid;
    const char* neither;
    const char* answerOnly;
    const char* dataOnly;
    const char* both;
};

class Scp03Sessions : public testing::TestWithParam<Session> {};

/// first, first + 1 … as 16 octets, then again from the start.
MemoryCmacKey countingKey(std::uint8_t first, std::size_t length) {
    SecretBytes key{length};
    key.fill([&](std::span<std::uint8_t> out) {
        for (std::size_t at = 0; at < out.size(); ++at)
            out[at] = static_cast<std::uint8_t>(first + at % 16);
    });
    return MemoryCmacKey{std::move(key)};
}

TEST_P(Scp03Sessions, goAsTheyWentWithAnotherImplementation) {
    const auto& session = GetParam();
    const auto initialize = *fromHex(session.initialize);
    const auto level = static_cast<Scp03Level>((*fromHex(session.authenticate))[2]);
    // The record has no answers to the last four: refusals, which carry no MAC, stand in.
    const StatusWord refused = iso7816::sw::ReferencedDataNotFound;
    RecordedCard card;
    card.hears(session.initialize, session.opening)
        .hears(session.authenticate, "")
        .hears(session.getEid, session.eid)
        .hears(session.neither, "", refused)
        .hears(session.answerOnly, "", refused)
        .hears(session.dataOnly, "", refused)
        .hears(session.both, "", refused);
    auto enc = countingKey(0x00, session.keyLength);
    auto mac = countingKey(0x10, session.keyLength);

    const auto opening =
        initializeUpdate(card, initialize[2], Bytes(initialize.begin() + 5, initialize.end() - 1));
    Scp03Channel channel{card, opening, {enc, mac, session.keyLength}, {level, {}}};
    const auto eid = channel.transmit(commandOf("80E2910006BF3E035C015A00"));
    EXPECT_EQ(toHex(eid.data), "BF3E125A1089882119900000000000000000000005");
    EXPECT_EQ(eid.status, iso7816::sw::Ok);
    for (const auto* const plain :
         {"80F22002", "80CA006600", "80F220020A4F0212345C054F9F70C5", "80F28002024F0000"}) {
        EXPECT_EQ(channel.transmit(commandOf(plain)).status, refused);
    }
    EXPECT_TRUE(card.finished());
}

// osmocom/pysim, test_globalplatform.py: sessions with an eUICC under the keys 000102…, 101112…;
// levels 11, 03 and 33.
INSTANTIATE_TEST_SUITE_P(
    Osmocom, Scp03Sessions,
    testing::Values(
        Session{"Aes128Level11", 16, "8050300008B13E5F938FC108C400",
                "000000000000000000003003703EB51047495B249F66C484C1D2EF1948000002",
                "84821100107D5F5826A993EBC89EEA24957FA0B3CE",
                "84E291000EBF3E035C015A558D036518A2829700",
                "BF3E125A1089882119900000000000000000000005971BE68992DBBDFA",
                "84F220020863A63F8959827FB2", "84CA006608A0C6A4A74166F7CE00",
                "84F22002124F0212345C054F9F70C52249B50272656536",
                "84F280020A4F00E91443F6DCE6B8ED00"},
        Session{"Aes128Level03", 16, "80503000088E1552D0513C60F300",
                "0000000000000000000030037030760CD2C47C1DD395065FE5EAD8A9D7000001",
                "8482030010FD4721A14D9B07003C451D2F8AE6BB21",
                "84E2910018CA9C00F6713D79BC8BAA642BDFF51C3F6A4082D3BD9AD26C00",
                "BF3E125A1089882119900000000000000000000005", "84F2200208C9811B11F1264CF1",
                "84CA006608E10AB60B3054798800",
                "84F22002184E2908BDB48B2315A55482E9E936CA122D6ECFAE7D17416E",
                "84F28002180DD10A6B6193E5340B9E77D32D5A179CD710AC2773AEFB2800"},
        Session{"Aes128Level33", 16, "8050300008FDF38259A1E0DE4400",
                "000000000000000000003003703B1ACA81E821F219081CDC01C26B372D000003",
                "84823300108C36F96BCC00724A4E13AD591D7DA3F0",
                "84E2910018267A85DFE4A98FCA6FB0527E0DFECCE4914E40401433C87F00",
                "F3BA2B1013AA6224F5E1C138D71805C569E5439B47576260B75FC021B25097CB2E68F8A0144975B9",
                "84F2200208AC6A59024BED84CC", "84CA006608409912AD8FB7AED000",
                "84F22002185F3DAFC3AC14C381536A488BF44E06D056DF9D74DBD21E5A",
                "84F280021865165105BE3373347D0424D4400AF2AC393F569EC779389E00"},
        Session{"Aes192Level11", 24, "80503100087396430B768B085B00",
                "000000000000000000003103708CFC23522FFDBF1E5DF5542CAC8FD866000003",
                "84821100102145ED30B146F5DB252FB7E624CEC244",
                "84E291000EBF3E035C015AFF42CF801D14394400",
                "BF3E125A1089882119900000000000000000000005162FBD33E04940A9",
                "84F22002084584E4F6784811EE", "84CA006608937776EBE190FA3000",
                "84F22002124F0212345C054F9F70C59A52BDDF3040368C",
                "84F280020A4F009804B11411F7393D00"},
        Session{"Aes192Level03", 24, "805031000869C65DA8202BF19F00",
                "00000000000000000000310370B570A67BE38446717729D6DD3D2EC5B1000001",
                "848203001065DF4F1A356A887905466516D9E5B7C1",
                "84E2910018D2C6FB477C5D4AFE4FD4D21F17EFF10D3578EC1774A12A2D00",
                "BF3E125A1089882119900000000000000000000005", "84F2200208964E188F0B1BB697",
                "84CA006608F0820035A41D3E1800",
                "84F220021806B076ED452CD1FA84F77F5C08A146AA77A9286757DEA791",
                "84F2800218D06527E39222DCE091FABDB8E9B898417A67A6852D3577DB00"},
        Session{"Aes192Level33", 24, "80503100089B3F2EEF0E8C937400",
                "00000000000000000000310370F6BB305A15BAE1A68F79FB08212FBED7000002",
                "84823300109100BC22D58B45B86A26365CE39FF3CF",
                "84E29100188F7F946C84F70D17994BC6E8791251BB1BB1BF02CF8DE58900",
                "C05176C1B6F72AAE50C32CBEE63B0E95998928FD4DFB2BE9F27FFDE8C8476F5909B4805CC4039599",
                "84F2200208D5D97754B6B3D2BA", "84CA006608516C82B8E30ADBEB00",
                "84F2200218CC247F4761E6944277A4E0D6E32E44025B1E31537E2FC668",
                "84F2800218BA22B63D509BEF5D093B43E5EAED03ED23144AB2D9CB51DE00"},
        Session{"Aes256Level11", 32, "805032000811666D57866C6F5400",
                "0000000000000000000032037053EA8847EFA7674E41498A4D66CF0DEE000003",
                "84821100102F2AD190EFF2FAFC4908996D1CEBD310",
                "84E291000EBF3E035C015AF4B680372542B59D00",
                "BF3E125A10898821199000000000000000000000058012DD7F01F1C4C1",
                "84F2200208D618B7DA68D5FE52", "84CA0066088F3E055DB23AD5E500",
                "84F22002124F0212345C054F9F70C5B6E15CC42404915E",
                "84F280020A4F00AA124AA74AFE7F7500"},
        Session{"Aes256Level03", 32, "8050320008C6066990FC426E1D00",
                "000000000000000000003203708682CD81BBD8919F2DE3F2664581F118000001",
                "848203001077C493B632EDADAF865A1E64ACC07CE9",
                "84E29100183DDAA60594963BEFAADA3525B492EDE23C2AB2C1CE3AFE4400",
                "BF3E125A1089882119900000000000000000000005", "84F2200208480DDC8E419DA38D",
                "84CA0066083E9D6A6C0B2D732000",
                "84F22002183EBFEF2DA8B04AF2A85F491F299B76973DF76FF08A4031BE",
                "84F2800218783FFF80990F5585B1055010EA95094A26E4A8F1EF4B18E100"},
        Session{"Aes256Level33", 32, "805032000897B2055FE58599FD00",
                "00000000000000000000320370A8439A22CEDF045FA9F1903B2834F26E000002",
                "8482330010508A0FD959D2E547C6B33154A6BE2057",
                "84E29100187A5EF717EAF1E135AE92FE54429D0E465DECDA65F5FE5AEA00",
                "EA90DBFA648A67C5EB6ABC57F8530B97D0CD5647C5E8732016B55203B078DD2ACE7F8BC5D1C1CD99",
                "84F2200208BCC5C17275545D93", "84CA00660804806ABA9D543BB600",
                "84F2200218717222491556EC81A45F49CE48BE33320024801A1C4CB0E0",
                "84F2800218561F105BCCD3A1642904B251CCC1228BEB80A82370A8637000"}),
    [](const auto& tested) { return std::string{tested.param.name}; });

// osmocom/pysim, test_globalplatform.py, SCP03_KCV_Test.
TEST(Scp03Vectors, checkValuesOfAesKeys) {
    const auto checkValueOf = [](const char* hex) {
        return toHex(aesCheckValue(secretOf(*fromHex(hex))));
    };
    EXPECT_EQ(checkValueOf("000102030405060708090A0B0C0D0E0F"), "C35280");
    EXPECT_EQ(checkValueOf("101112131415161718191A1B1C1D1E1F"), "013808");
    EXPECT_EQ(checkValueOf("202122232425262728292A2B2C2D2E2F"), "840DE5");
}

}  // namespace
}  // namespace zegel::securechannel
