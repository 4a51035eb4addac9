#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "hwsim/chips/piv_memory.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

namespace zegel::hwsim {
namespace {

constexpr std::string_view FirstLine = "zegel-chip piv 1";

template <typename Number>
std::string hexNumber(Number value) {
    std::array<char, 16> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, 16).ptr;
    std::string out(text.data(), end);
    if (out.size() % 2 != 0) out.insert(out.begin(), '0');
    return out;
}

void writeCode(std::ostream& out, std::string_view name, const Code& code) {
    out << name << ' ' << toHex(code.value) << ' ' << code.tries << ' ' << code.left << '\n';
}

void write(std::ostream& out, const PivMemory& memory) {
    out << FirstLine << "\nmodel " << memory.model.name << "\nserial " << memory.serial << '\n';
    writeCode(out, "pin", memory.pin);
    writeCode(out, "puk", memory.puk);
    const ManagementKey& management = memory.management;
    out << "management " << hexNumber(management.algorithm) << ' ' << toHex(management.value) << ' '
        << hexNumber(management.touchPolicy) << '\n';
    for (const auto& [slot, key] : memory.keys) {
        out << "key " << hexNumber(slot) << ' ' << hexNumber(key.pair.algorithm()) << ' '
            << (key.origin == KeyOrigin::Generated ? "generated" : "imported") << ' '
            << hexNumber(key.pinPolicy) << ' ' << hexNumber(key.touchPolicy) << ' '
            << toHex(key.pair.der()) << '\n';
    }
    for (const auto& [tag, content] : memory.objects) {
        out << "object " << hexNumber(tag) << ' ' << toHex(content) << '\n';
    }
}

/// The words of one line, each read strictly.
class Line {
public:
    Line(const std::filesystem::path& file, int number, const std::string& text)
        : file_(file), number_(number), words_(text) {}

    std::string word() {
        std::string text;
        if (!(words_ >> text)) refuse("something is missing");
        return text;
    }

    Bytes octets() {
        const auto bytes = fromHex(word());
        if (!bytes) refuse("that is not hexadecimal");
        return *bytes;
    }

    std::uint32_t number(int base) {
        const std::string text = word();
        std::uint32_t value = 0;
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), value, base);
        if (error != std::errc{} || end != text.data() + text.size()) {
            refuse("\"" + text + "\" is not a number");
        }
        return value;
    }

    std::uint8_t octet() {
        const std::uint32_t value = number(16);
        if (value > 0xFF) refuse("a number is larger than FF");
        return static_cast<std::uint8_t>(value);
    }

    void end() {
        std::string text;
        if (words_ >> text) refuse("there is more than expected");
    }

    [[noreturn]] void refuse(const std::string& why) const {
        throw Failure(Fault::SettingUnusable, "chip file " + file_.string() + ", line " +
                                                  std::to_string(number_) + ": " + why +
                                                  "; make the chip anew");
    }

private:
    const std::filesystem::path& file_;
    int number_;
    std::istringstream words_;
};

Code readCode(Line& line) {
    Code code{.value = line.octets()};
    code.tries = static_cast<int>(line.number(10));
    code.left = static_cast<int>(line.number(10));
    if (code.value.size() != 8) line.refuse("a code is not 8 octets");
    return code;
}

StoredKey readKey(Line& line) {
    const std::uint8_t algorithm = line.octet();
    const std::string origin = line.word();
    if (origin != "generated" && origin != "imported") line.refuse("the origin is unknown");
    const std::uint8_t pinPolicy = line.octet();
    const std::uint8_t touchPolicy = line.octet();
    return {KeyPair::fromDer(algorithm, line.octets()),
            origin == "generated" ? KeyOrigin::Generated : KeyOrigin::Imported, pinPolicy,
            touchPolicy};
}

void read(PivMemory& memory, Line& line) {
    const std::string what = line.word();
    if (what == "model") {
        memory.model = pivModelNamed(line.word());
    } else if (what == "serial") {
        memory.serial = line.number(10);
    } else if (what == "pin") {
        memory.pin = readCode(line);
    } else if (what == "puk") {
        memory.puk = readCode(line);
    } else if (what == "management") {
        memory.management.algorithm = line.octet();
        memory.management.value = line.octets();
        memory.management.touchPolicy = line.octet();
    } else if (what == "key") {
        const std::uint8_t slot = line.octet();
        memory.keys.insert_or_assign(slot, readKey(line));
    } else if (what == "object") {
        const std::uint32_t tag = line.number(16);
        memory.objects[tag] = line.octets();
    } else {
        line.refuse("\"" + what + "\" is unknown");
    }
    line.end();
}

}  // namespace

PivMemory loadChipFile(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string text;
    if (!std::getline(in, text) || text != FirstLine) {
        throw Failure(Fault::SettingUnusable, file.string() +
                                                  " is not a chip file; make one with "
                                                  "\"zegel-hwsim chip new\"");
    }
    PivMemory memory{};
    for (int number = 2; std::getline(in, text); ++number) {
        Line line(file, number, text);
        read(memory, line);
    }
    if (memory.pin.value.empty() || memory.puk.value.empty() || memory.management.value.empty() ||
        memory.model.name.empty()) {
        throw Failure(Fault::SettingUnusable,
                      "chip file " + file.string() + " is incomplete; make the chip anew");
    }
    return memory;
}

void saveChipFile(const std::filesystem::path& file, const PivMemory& memory) {
    std::filesystem::path fresh = file;
    fresh += ".new";
    std::ofstream out(fresh, std::ios::trunc);
    write(out, memory);
    out.close();
    std::error_code error;
    if (out) std::filesystem::rename(fresh, file, error);
    if (!out || error) {
        throw Failure(Fault::SettingUnusable,
                      "chip file " + file.string() + " cannot be written; is there room?");
    }
}

}  // namespace zegel::hwsim
