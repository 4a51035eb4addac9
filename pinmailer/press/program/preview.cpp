#include "drivers/base/failure.h"
#include "pinmailer/press/new_file.h"
#include "pinmailer/press/presses.h"
#include "pinmailer/press/program/commands.h"
#include "pinmailer/press/program/made_up.h"
#include "pinmailer/press/test_sheet.h"
#include "pinmailer/press/variants.h"

#include <charconv>
#include <cmath>
#include <filesystem>
#include <iostream>

namespace zegel::press {
namespace {

namespace fs = std::filesystem;

constexpr double FarthestOffset = 10;
constexpr int FewestDots = 30;
constexpr int MostDots = 600;
constexpr int OrdinaryDots = 150;

int dotsIn(Arguments& arguments) {
    const auto text = arguments.take("--dpi").value_or(std::to_string(OrdinaryDots));
    int dots = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, dots);
    if (read.ec != std::errc{} || read.ptr != end || dots < FewestDots || dots > MostDots) {
        misuse("--dpi \"" + text + "\" is not a number from 30 to 600");
    }
    return dots;
}

/// Where templates and output are, which every one of these commands asks.
struct Place {
    std::string output;
    std::string templates;
    WindowAt windowAt;
    Offset offset;
    int dots;

    explicit Place(Arguments& arguments)
        : output(arguments.need("--output")),
          templates(arguments.take("--templates").value_or(shippedTemplates())),
          windowAt(arguments.takePlace("--window")),
          offset(offsetIn(arguments)),
          dots(dotsIn(arguments)) {}

    /// `make` gets a press or a test sheet's pen, and the sink.
    template <typename Print, typename Picture>
    void make(const Print& print, const Picture& picture) const {
        const bool asPicture = isPicture(output);
        NewFile file{output, NewFile::Over::AnyFile};
        const PdfSink sink = [&](ByteView octets) { file.write(octets); };
        if (asPicture) {
            picture(sink);
        } else {
            print(sink);
        }
        file.keep();
    }
};

template <typename Letter>
void makeMadeUp(const Place& place, Presses& presses, const Letter& letter) {
    auto& press = presses.pressFor(letter);
    press.expectWordsInPlace();
    place.make(
        [&](const PdfSink& sink) {
            press.print(std::span{&letter, 1}, sink);
        },
        [&](const PdfSink& sink) { press.picture(letter, place.dots, sink); });
}

}  // namespace

Offset offsetIn(Arguments& arguments) {
    const auto offset = arguments.takePlace("--offset").value_or(Offset{});
    if (std::abs(offset[0]) > FarthestOffset || std::abs(offset[1]) > FarthestOffset) {
        misuse("--offset is more than 10 mm, which no printer is wrong by");
    }
    return offset;
}

bool isPicture(const std::string& output) {
    const auto end = fs::path{output}.extension();
    if (end != ".pdf" && end != ".png") misuse("--output is a file.pdf or a file.png");
    const auto folder = fs::absolute(output).parent_path();
    if (fs::is_directory(folder)) return end == ".png";
    throw Failure{Fault::SettingUnusable,
                  "the output folder " + folder.string() + " is not there; make it first"};
}

Ending previewBy(Arguments& arguments) {
    MadeUp wish;
    wish.templateName = arguments.need("--template");
    wish.language = arguments.need("--language");
    wish.carrier = arguments.take("--carrier").value_or("smart-card");
    wish.puk = !arguments.take("--without-puk");
    wish.names = arguments.take("--names").value_or("short");
    const Place place{arguments};
    arguments.expectNoMore();
    if (wish.carrier != "smart-card" && wish.carrier != "usb-token") {
        misuse("--carrier is smart-card or usb-token");
    }
    if (!areNames(wish.names)) misuse("--names is short, long or hostile");
    Presses presses{place.templates, place.windowAt, place.offset};
    const auto& kind = presses.kindOf(wish.templateName, wish.language);
    if (kind.codes) {
        makeMadeUp(place, presses, madeUpLetter(wish));
    } else {
        makeMadeUp(place, presses, madeUpNote(wish, kind));
    }
    std::cout << place.output << " shows made-up " << (kind.codes ? "codes" : "names") << '\n';
    return Ending::Done;
}

Ending sheetBy(Arguments& arguments) {
    const auto name = arguments.take("--template").value_or(std::string{PinLetter});
    const auto language = arguments.take("--language").value_or("nl");
    const Place place{arguments};
    arguments.expectNoMore();
    Presses presses{place.templates, place.windowAt};
    const auto& kind = presses.kindOf(name, language);
    const auto& press = presses.pressFor(name, language, everyVariant(kind).front());
    const TestSheet sheet{press.letterTemplate(), language, place.offset};
    place.make([&](const PdfSink& sink) { sheet.print(sink); },
               [&](const PdfSink& sink) { sheet.picture(place.dots, sink); });
    std::cout << place.output << " is a test sheet\n";
    return Ending::Done;
}

Ending checkBy(Arguments& arguments) {
    const auto folder = arguments.take("--templates").value_or(shippedTemplates());
    const auto windowAt = arguments.takePlace("--window");
    arguments.expectNoMore();
    auto ending = Ending::Done;
    for (const auto& [name, language] : Presses{folder, windowAt}.names()) {
        try {
            Presses presses{folder, windowAt};
            const auto variants = everyVariant(presses.kindOf(name, language));
            for (const auto& variant : variants) {
                presses.pressFor(name, language, variant).expectWordsInPlace();
            }
            std::cout << name << '.' << language << "  holds in " << variants.size()
                      << " variants\n";
        } catch (const Failure& failure) {
            std::cout << name << '.' << language << "  refused: " << failure.what() << '\n';
            ending = Ending::SettingUnusable;
        }
    }
    for (const auto& file : Presses{folder, windowAt}.misnamed()) {
        std::cout << file << "  refused: it is named unlike TEMPLATE.LANGUAGE.svg, such as "
                  << PinLetter << ".nl.svg, and would never be printed\n";
        ending = Ending::SettingUnusable;
    }
    return ending;
}

}  // namespace zegel::press
