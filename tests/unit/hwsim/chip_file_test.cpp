#include "drivers/base/failure.h"
#include "tests/unit/hwsim/chip_desk.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <stdlib.h>

namespace zegel::hwsim {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ChipFile : public testing::Test {
protected:
    ChipFile() {
        std::string name = (fs::temp_directory_path() / "zegel-chip-XXXXXX").string();
        directory = ::mkdtemp(name.data());
        file = directory / "one.chip";
    }
    ~ChipFile() override { fs::remove_all(directory); }

    void write(const std::string& text) const { std::ofstream(file) << text; }

    std::string refusal() const {
        try {
            loadChipFile(file);
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
            return failure.what();
        }
        return "it was read";
    }

    fs::path directory;
    fs::path file;
};

TEST_F(ChipFile, keepsWhatTheChipKeeps) {
    saveChipFile(file, blankMemory(pivModelNamed("5.4+complexity"), 42));
    ChipDesk desk;
    desk.chip = pivChipFromFile(file);
    desk.chip->powerOn();
    desk.open();
    desk.say("0047009A0BAC09800111AA0103AB010200");
    desk.say("00DB3FFF085C035FC1055301AA");
    desk.say("00FFFFFF13089B10000102030405060708090A0B0C0D0E0F");
    desk.say("002400801031323334353" + std::string("6FFFF3831393237363435"));
    desk.verify("393939393939FFFF");

    const PivMemory& before = desk.chip->memory();
    const PivMemory after = loadChipFile(file);
    EXPECT_EQ(after.model.name, "5.4+complexity");
    EXPECT_TRUE(after.model.refusesTrivialCodes);
    EXPECT_EQ(after.serial, 42U);
    EXPECT_EQ(toHex(after.pin.value), "3831393237363435");
    EXPECT_EQ(after.pin.left, 2);
    EXPECT_EQ(after.puk.left, 3);
    EXPECT_EQ(after.management.algorithm, piv::Aes128);
    EXPECT_EQ(after.management.value, before.management.value);
    EXPECT_EQ(after.objects, before.objects);
    ASSERT_EQ(after.keys.size(), 2U);
    const StoredKey& key = after.keys.at(0x9A);
    EXPECT_EQ(key.pair.der(), before.keys.at(0x9A).pair.der());
    EXPECT_EQ(key.pinPolicy, policy::PinAlways);
    EXPECT_EQ(key.touchPolicy, policy::TouchAlways);
    EXPECT_EQ(key.origin, KeyOrigin::Generated);
}

TEST_F(ChipFile, isWrittenBeforeTheAnswer) {
    saveChipFile(file, blankMemory(pivModelNamed("5.7"), 1));
    const auto chip = pivChipFromFile(file);
    chip->powerOn();
    chip->exchange(*fromHex("00A4040005A000000308"));
    chip->exchange(*fromHex("0020008008393939393939FFFF"));
    EXPECT_EQ(loadChipFile(file).pin.left, 2);
}

TEST_F(ChipFile, isLeftAloneByWhatChangesNothing) {
    saveChipFile(file, blankMemory(pivModelNamed("5.7"), 1));
    const auto written = fs::last_write_time(file);
    const auto chip = pivChipFromFile(file);
    chip->powerOn();
    chip->exchange(*fromHex("00A4040005A000000308"));
    chip->exchange(*fromHex("00200080"));
    EXPECT_EQ(chip->changes(), 0U);
    EXPECT_EQ(fs::last_write_time(file), written);
}

TEST_F(ChipFile, thatCannotBeWrittenBreaksTheChip) {
    saveChipFile(file, blankMemory(pivModelNamed("5.7"), 1));
    const auto chip = pivChipFromFile(file);
    chip->powerOn();
    chip->exchange(*fromHex("00A4040005A000000308"));
    fs::remove_all(directory);
    EXPECT_EQ(toHex(chip->exchange(*fromHex("0020008008393939393939FFFF"))), "6F00");
}

TEST_F(ChipFile, refusesWhatIsNoChip) {
    EXPECT_THAT(refusal(), HasSubstr("one.chip is not a chip file"));
    write("hello\n");
    EXPECT_THAT(refusal(), HasSubstr("one.chip is not a chip file"));
    write("zegel-chip piv 1\nmodel 5.7\nserial 1\n");
    EXPECT_THAT(refusal(), HasSubstr("incomplete"));
}

TEST_F(ChipFile, namesTheLineThatIsBroken) {
    const std::string head = "zegel-chip piv 1\n";
    for (const char* line :
         {"serial x\n", "pin 31 3 3\n", "pin 313233343536FFFF 3\n", "pin 31323334353 3 3\n",
          "wings 1\n", "object 5FC105\n", "key 9a 11 found 1 1 00\n", "key 1ff 11 generated\n",
          "serial 1 2\n"}) {
        write(head + line);
        EXPECT_THAT(refusal(), HasSubstr("line 2")) << line;
    }
    write(head + "key 9a 11 generated 01 01 3000\n");
    EXPECT_THAT(refusal(), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace zegel::hwsim
