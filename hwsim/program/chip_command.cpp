#include "hwsim/program/chip_command.h"

#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "hwsim/chips/piv_attestation.h"
#include "hwsim/chips/piv_memory.h"
#include "hwsim/command/options.h"
#include "hwsim/doors/chip_name.h"

#include <iomanip>
#include <iostream>

namespace zegel::hwsim {
namespace {

constexpr std::string_view Usage =
    "usage: zegel-hwsim chip new FILE --model MODEL [--serial NUMBER]\n"
    "       zegel-hwsim chip show FILE\n"
    "       zegel-hwsim chip root\n"
    "\n"
    "MODEL is 5.7, 5.4, applet or plain, with +complexity, -metadata, -attestation,\n"
    "-serial or -extended behind it as wanted. \"root\" writes the certificate that\n"
    "the attestation of every simulated chip ends in.\n";

void makeChip(const std::string& file, const Options& options) {
    if (std::filesystem::exists(file)) {
        throw Failure(Fault::SettingUnusable, file + " is there already; take another name");
    }
    const PivModel model = pivModelNamed(options.value("--model").value_or("5.7"));
    const auto serial = options.number("--serial", 1, 4294967295L).value_or(1);
    saveChipFile(file, blankMemory(model, static_cast<std::uint32_t>(serial)));
}

void showCode(const char* name, const Code& code, const Bytes& factory) {
    std::cout << name << code.left << " of " << code.tries << " tries left"
              << (code.value == factory ? ", the factory's" : "") << '\n';
}

/// What is on it, without its secrets.
void showChip(const std::string& file) {
    const std::filesystem::path asked{file};
    const auto stored = asked.parent_path() / (chipStem(asked.stem().string()) + ".chip");
    const auto found = std::filesystem::exists(stored) ? stored : asked;
    const PivMemory memory = loadChipFile(found);
    const ManagementKey& management = memory.management;
    std::cout << "file        " << found.string() << "\nmodel       " << memory.model.name
              << "\nserial      " << memory.serial << '\n';
    showCode("PIN         ", memory.pin, factoryPin());
    showCode("PUK         ", memory.puk, factoryPuk());
    std::cout << "management  algorithm " << toHex(Bytes{management.algorithm})
              << (management.value == factoryManagementKey(management.algorithm)
                      ? ", the factory's\n"
                      : "\n");
    for (const auto& [slot, key] : memory.keys) {
        std::cout << "key         " << toHex(Bytes{slot}) << ", algorithm "
                  << toHex(Bytes{key.pair.algorithm()})
                  << (key.origin == KeyOrigin::Generated ? ", made on the chip\n" : ", imported\n");
    }
    for (const auto& [tag, content] : memory.objects) {
        std::cout << "object      " << std::hex << std::uppercase << tag << std::dec << ", "
                  << content.size() << " octets\n";
    }
}

}  // namespace

int runChip(Arguments arguments) {
    const Options options(arguments, {"--model", "--serial"}, {"--help"});
    const auto& words = options.words();
    if (options.has("--help")) {
        std::cout << Usage;
    } else if (words.size() == 2 && words[0] == "new") {
        makeChip(words[1], options);
    } else if (words.size() == 2 && words[0] == "show") {
        showChip(words[1]);
    } else if (words.size() == 1 && words[0] == "root") {
        std::cout << makerRootPem();
    } else {
        std::cerr << Usage;
        return 2;
    }
    return 0;
}

}  // namespace zegel::hwsim
