#include "pinmailer/press/program/open_room.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/program/commands.h"
#include "pinmailer/press/token_room.h"

#include <cstdlib>
#include <utility>

namespace zegel::press {
namespace {

constexpr const char* Variable = "ZEGEL_PRINT_ROOM";

SecretBytes codeFor(const config::LetterKeySettings& key, const std::string& question) {
    return key.pinFile ? readPassword(key.pinFile->string()) : askPassword(question);
}

}  // namespace

config::PrintRoomSettings settingsFor(Arguments& arguments) {
    auto named = arguments.take("--settings");
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it
    const char* const variable = std::getenv(Variable);
    if (!named && variable != nullptr && *variable != '\0') named = variable;
    if (!named) misuse(std::string{"no settings are named: --settings FILE, or set "} + Variable);
    return config::readPrintRoomSettings(*named);
}

LettersDesk deskFor(const config::PrintRoomSettings& settings) {
    const auto& station = settings.station;
    return LettersDesk{{station.url, station.authorities.string(), station.certificate.string(),
                        station.key.string(), station.answerWithin}};
}

Printer printerFor(const config::PrintRoomSettings& settings) {
    const auto& printer = settings.printer;
    return Printer{{printer.uri, printer.certificate ? printer.certificate->string() : "",
                    printer.media, printer.answerWithin, printer.inTheClear}};
}

Patience patienceOf(const config::PrintRoomSettings& settings) {
    return {settings.printer.readyWithin, settings.printer.finishWithin,
            settings.printer.countsImpressions};
}

std::vector<PrintRoomKey> keysFor(const config::PrintRoomSettings& settings) {
    const auto& key = settings.key;
    if (!key.inToken) {
        std::vector<PrintRoomKey> keys;
        keys.push_back(loadPrintRoomKey(key.file.string(),
                                        codeFor(key, "Password of " + key.file.string() + ": ")));
        return keys;
    }
    TokenChoice choice{key.module.string(), key.label, {}};
    for (const auto& certificate : key.certificates)
        choice.certificates.push_back(certificate.string());
    return loadTokenKeys(choice,
                         [key] { return codeFor(key, "PIN of token " + key.label + ": "); });
}

Presses pressesFor(const config::PrintRoomSettings& settings) {
    return Presses{settings.templates ? settings.templates->string() : shippedTemplates(),
                   settings.window, settings.printer.offset};
}

}  // namespace zegel::press
