#include "hwsim/chips/piv_model.h"

#include "drivers/base/failure.h"

namespace zegel::hwsim {
namespace {

using namespace piv;

PivModel version57() {
    return {.name = "5.7",
            .firmware = {5, 7, 1},
            .keyAlgorithms = {Rsa1024, Rsa2048, Rsa3072, Rsa4096, EcP256, EcP384},
            .managementAlgorithms = {TripleDes, Aes128, Aes192, Aes256},
            .managementDefault = Aes192,
            .movesKeys = true};
}

PivModel version54() {
    return {.name = "5.4",
            .firmware = {5, 4, 3},
            .keyAlgorithms = {Rsa1024, Rsa2048, EcP256, EcP384},
            .managementAlgorithms = {TripleDes, Aes128, Aes192, Aes256}};
}

/// A Java Card applet with the same administration, as far as such applets go.
PivModel applet() {
    return {.name = "applet",
            .firmware = {5, 4, 0},
            .keyAlgorithms = {Rsa1024, Rsa2048, EcP256, EcP384},
            .managementAlgorithms = {TripleDes, Aes128, Aes192, Aes256},
            .lastRetiredSlot = 0x8C,
            .memory = 32768,
            .tellsSerial = false,
            .redrawsSerial = true,
            .tellsMetadata = false,
            .attests = false,
            .digitsOnly = true};
}

/// The standard and nothing else.
PivModel plain() {
    return {.name = "plain",
            .keyAlgorithms = {Rsa1024, Rsa2048, EcP256, EcP384},
            .managementAlgorithms = {TripleDes},
            .largestObject = 2048,
            .memory = 32768,
            .administers = false,
            .tellsSerial = false,
            .tellsMetadata = false,
            .attests = false,
            .extendedApdus = false,
            .selectDropsStatus = false,
            .digitsOnly = true};
}

void vary(PivModel& model, std::string_view word, bool on) {
    if (word == "extended") {
        model.extendedApdus = on;
    } else if (word == "metadata") {
        model.tellsMetadata = on;
    } else if (word == "attestation") {
        model.attests = on;
    } else if (word == "serial") {
        model.tellsSerial = on;
    } else if (word == "complexity") {
        model.refusesTrivialCodes = on;
    } else {
        throw Failure(Fault::SettingUnusable,
                      "a chip model cannot be varied by \"" + std::string(word) +
                          "\"; use extended, metadata, attestation, serial or complexity");
    }
}

PivModel baseNamed(std::string_view name) {
    for (const PivModel& model : {version57(), version54(), applet(), plain()}) {
        if (model.name == name) return model;
    }
    throw Failure(Fault::SettingUnusable, "there is no chip model \"" + std::string(name) +
                                              "\"; use 5.7, 5.4, applet or plain");
}

}  // namespace

PivModel pivModelNamed(std::string_view name) {
    std::size_t end = name.find_first_of("+-");
    PivModel model = baseNamed(name.substr(0, end));
    while (end != std::string_view::npos) {
        const std::size_t next = name.find_first_of("+-", end + 1);
        vary(model, name.substr(end + 1, next - end - 1), name[end] == '+');
        end = next;
    }
    model.name = name;
    return model;
}

}  // namespace zegel::hwsim
