#include "drivers/base/guarded_process.h"
#include "drivers/base/told.h"
#include "drivers/base/version.h"
#include "pinmailer/press/program/commands.h"

#include <charconv>
#include <exception>
#include <iostream>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace zegel::press {
namespace {

constexpr std::string_view Help =
    R"(zegel-pinmailer prints the letters that hold a card's codes. It runs in the print room, with the
print room's own key; the station cannot read what it opens.

zegel-pinmailer render --letters DIR --output DIR --key FILE.p12 --station-certificate FILE.pem
                       [--password-file FILE] [--templates DIR] [--window X,Y]
    Makes <letter id>.pdf of every <letter id>.letter. Replaces nothing. One line a letter.
    The PDFs hold live codes: keep the folder in memory (tmpfs), print and destroy.

zegel-pinmailer preview --template NAME --language CODE --output FILE.pdf
                        [--carrier smart-card|usb-token] [--without-puk] [--templates DIR]
                        [--window X,Y]
    One letter with made-up codes, to see a template.

zegel-pinmailer show FILE.letter [--station-certificate FILE.pem]
    What stands on a letter, without its codes. Needs no key.

    --password-file FILE   password of the key on the first line; "-" reads standard input;
                           without this option it is asked on the terminal
    --templates DIR        letter templates (default: those shipped with the program)
    --window X,Y           upper left corner of the envelope's window in millimetres, where it
                           differs from the template's

zegel-pinmailer --help, zegel-pinmailer --version

Ends with 0 when all was made, 1 when a letter was refused (the others are made), 2 for wrong use,
3 when a key, certificate, password, template or folder cannot be used.
)";

[[noreturn]] void misuse(const std::string& why) {
    throw Failure{Fault::RequestRefused, why + "; see zegel-pinmailer --help"};
}

/// "--name value" pairs, words without a name, and the one option that stands alone.
class Arguments {
public:
    explicit Arguments(std::span<char*> words) {
        for (std::size_t at = 0; at < words.size(); ++at) {
            const std::string word = std::string_view{words[at]} == "-h" ? "--help" : words[at];
            if (!word.starts_with("--")) {
                plain_.push_back(word);
            } else if (word == "--without-puk" || word == "--help") {
                named_[word] = "yes";
            } else if (at + 1 == words.size()) {
                misuse(word + " needs a value");
            } else if (!named_.emplace(word, words[++at]).second) {
                misuse(word + " is given twice");
            }
        }
    }

    std::optional<std::string> take(const std::string& name) {
        const auto found = named_.find(name);
        if (found == named_.end()) return std::nullopt;
        auto value = std::move(found->second);
        named_.erase(found);
        return value;
    }

    std::string need(const std::string& name) {
        auto value = take(name);
        if (!value || value->empty()) misuse(name + " is missing");
        return *std::move(value);
    }

    std::string needPlain(const char* what) {
        if (plain_.empty()) misuse(std::string{what} + " is missing");
        auto word = std::move(plain_.front());
        plain_.erase(plain_.begin());
        return word;
    }

    void expectNoMore() const {
        if (!plain_.empty()) misuse("\"" + plain_.front() + "\" is not expected here");
        if (!named_.empty()) misuse(named_.begin()->first + " is not an option here");
    }

private:
    std::map<std::string, std::string> named_;
    std::vector<std::string> plain_;
};

WindowAt windowIn(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    std::array<double, 2> place{};
    const auto* end = text->data() + text->size();
    const auto x = std::from_chars(text->data(), end, place[0]);
    const bool comma = x.ec == std::errc{} && x.ptr != end && *x.ptr == ',';
    const auto y = comma ? std::from_chars(x.ptr + 1, end, place[1]) : x;
    if (!comma || y.ec != std::errc{} || y.ptr != end) {
        misuse("--window \"" + *text + "\" is not two numbers like 20,45");
    }
    return place;
}

Ending renderBy(Arguments& arguments) {
    RenderWish wish;
    wish.letters = arguments.need("--letters");
    wish.output = arguments.need("--output");
    wish.key = arguments.need("--key");
    wish.passwordFile = arguments.take("--password-file").value_or("");
    wish.stationCertificate = arguments.need("--station-certificate");
    wish.templates = arguments.take("--templates").value_or(shippedTemplates());
    wish.windowAt = windowIn(arguments.take("--window"));
    arguments.expectNoMore();
    return render(wish);
}

Ending previewBy(Arguments& arguments) {
    PreviewWish wish;
    wish.templateName = arguments.need("--template");
    wish.language = arguments.need("--language");
    wish.carrier = arguments.take("--carrier").value_or("smart-card");
    wish.puk = !arguments.take("--without-puk");
    wish.output = arguments.need("--output");
    wish.templates = arguments.take("--templates").value_or(shippedTemplates());
    wish.windowAt = windowIn(arguments.take("--window"));
    arguments.expectNoMore();
    if (wish.carrier != "smart-card" && wish.carrier != "usb-token") {
        misuse("--carrier is smart-card or usb-token");
    }
    return preview(wish);
}

Ending showBy(Arguments& arguments) {
    ShowWish wish;
    wish.letterFile = arguments.needPlain("the letter file");
    wish.stationCertificate = arguments.take("--station-certificate").value_or("");
    arguments.expectNoMore();
    return show(wish);
}

Ending obey(const std::string& command, Arguments& arguments) {
    if (arguments.take("--help")) {
        std::cout << Help;
        return Ending::Done;
    }
    if (command == "render") return renderBy(arguments);
    if (command == "preview") return previewBy(arguments);
    if (command == "show") return showBy(arguments);
    misuse("there is no command \"" + command + "\": it is render, preview or show");
}

Ending endingFor(Fault fault) {
    switch (fault) {
        case Fault::RequestRefused: return Ending::WrongUse;
        case Fault::SealBroken:
        case Fault::LetterUnusable: return Ending::SomeLettersRefused;
        default: return Ending::SettingUnusable;
    }
}

Ending run(std::span<char*> words) {
    if (words.empty()) {
        std::cerr << Help;
        return Ending::WrongUse;
    }
    const std::string command = words.front();
    if (command == "--version" || command == "version") {
        std::cout << "zegel-pinmailer " << version() << '\n';
        return Ending::Done;
    }
    if (command == "--help" || command == "help" || command == "-h") {
        std::cout << Help;
        return Ending::Done;
    }
    Arguments arguments{words.subspan(1)};
    return obey(command, arguments);
}

}  // namespace
}  // namespace zegel::press

int main(int count, char** words) {
    using namespace zegel;
    ::umask(S_IRWXG | S_IRWXO);  // letters are for their owner only
    try {
        if (const auto complaint = guardThisProcess()) {
            std::cerr << "zegel-pinmailer: careful: " << *complaint << '\n';
        }
        const std::span<char*> all{words, static_cast<std::size_t>(count)};
        return static_cast<int>(press::run(all.subspan(count > 0 ? 1 : 0)));
    } catch (const Failure& failure) {
        const auto ending = press::endingFor(failure.fault());
        std::cerr << "zegel-pinmailer: "
                  << (ending == press::Ending::WrongUse ? failure.what() : told(failure)) << '\n';
        return static_cast<int>(ending);
    } catch (const std::exception& failure) {
        std::cerr << "zegel-pinmailer: " << failure.what() << '\n';
        return static_cast<int>(press::Ending::SettingUnusable);
    }
}
