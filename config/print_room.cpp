#include "config/print_room.h"

#include "config/named_paths.h"
#include "config/strict_table.h"

#include <charconv>
#include <cmath>

namespace zegel::config {
namespace {

std::optional<std::filesystem::path> ownersFileIfAny(const StrictTable& table, const Paths& paths,
                                                     std::string_view key) {
    if (!table.has(key)) return std::nullopt;
    return paths.ownersFile(table, key);
}

std::chrono::seconds secondsOr(const StrictTable& table, std::string_view key, int otherwise) {
    constexpr int Day = 86'400;
    return std::chrono::seconds{table.numberOr(key, 1, Day, otherwise)};
}

/// "20,45": millimetres from the left and from above.
std::optional<std::array<double, 2>> placeIn(const StrictTable& table, std::string_view key) {
    if (!table.has(key)) return std::nullopt;
    const auto text = table.text(key);
    std::array<double, 2> place{};
    const auto* const end = text.data() + text.size();
    const auto x = std::from_chars(text.data(), end, place[0]);
    const bool comma = x.ec == std::errc{} && x.ptr != end && *x.ptr == ',';
    const auto y = comma ? std::from_chars(x.ptr + 1, end, place[1]) : x;
    const bool good = comma && y.ec == std::errc{} && y.ptr == end && std::isfinite(place[0]) &&
                      std::isfinite(place[1]);
    if (!good) table.refuse(key, "\"" + text + "\" is not two numbers of millimetres like 20,45");
    return place;
}

/// No printer is wrong by more than a centimetre.
std::array<double, 2> offsetIn(const StrictTable& table) {
    constexpr double Most = 10;
    const auto offset = placeIn(table, "offset").value_or(std::array<double, 2>{});
    if (std::abs(offset[0]) > Most || std::abs(offset[1]) > Most)
        table.refuse("offset", "moves the letter by more than 10 mm; measure the test sheet again");
    return offset;
}

LetterKeySettings keyIn(const StrictTable& top, const Paths& paths) {
    LetterKeySettings key;
    const auto token = top.optionalTable("token", {"module", "label", "pin_file", "certificates"});
    const auto packet = top.optionalTable("pkcs12", {"file", "password_file"});
    if (token && packet) {
        top.refuse("pkcs12", "stands beside [token]; keep the one that holds the print room's key");
    }
    if (!token && !packet) {
        top.refuse("token", "is missing, and so is [pkcs12]: name what holds the print room's key");
    }
    key.inToken = token.has_value();
    if (token) {
        key.module = paths.file(*token, "module");
        key.label = token->text("label");
        key.certificates = paths.filesIfAny(*token, "certificates");
        key.pinFile = ownersFileIfAny(*token, paths, "pin_file");
    } else {
        key.file = paths.ownersFile(*packet, "file");
        key.pinFile = ownersFileIfAny(*packet, paths, "password_file");
    }
    return key;
}

StationApiSettings stationIn(const StrictTable& top, const Paths& paths) {
    const auto table = top.table(
        "station", {"url", "certificates", "certificate", "key", "seal", "answer_within_seconds"});
    StationApiSettings station;
    station.url = table.text("url");
    if (!station.url.starts_with("https://")) {
        table.refuse("url", "\"" + station.url +
                                "\" does not begin with https://; the station's API has no other");
    }
    station.authorities = paths.file(table, "certificates");
    station.certificate = paths.file(table, "certificate");
    station.key = paths.ownersFile(table, "key");
    station.seal = paths.file(table, "seal");
    station.answerWithin = secondsOr(table, "answer_within_seconds", 30);
    return station;
}

PrinterSettings printerIn(const StrictTable& top, const Paths& paths) {
    const auto table = top.table(
        "printer", {"uri", "certificate", "media", "offset", "counts_impressions", "in_the_clear",
                    "ready_within_seconds", "finish_within_seconds", "answer_within_seconds"});
    PrinterSettings printer;
    printer.uri = table.text("uri");
    if (table.has("certificate")) printer.certificate = paths.file(table, "certificate");
    printer.media = table.textOr("media", "iso_a4_210x297mm");
    printer.offset = offsetIn(table);
    printer.inTheClear = table.flagOr("in_the_clear", false);
    if (printer.inTheClear && printer.uri.starts_with("ipps://"))
        table.refuse("in_the_clear",
                     "stands beside an address of ipps, which never is; leave it away");
    printer.countsImpressions = table.flagOr("counts_impressions", true);
    printer.readyWithin = secondsOr(table, "ready_within_seconds", 900);
    printer.finishWithin = secondsOr(table, "finish_within_seconds", 300);
    printer.answerWithin = secondsOr(table, "answer_within_seconds", 30);
    return printer;
}

}  // namespace

PrintRoomSettings readPrintRoomSettings(const std::filesystem::path& file) {
    const auto absolute = std::filesystem::absolute(file);
    const Paths paths{absolute.parent_path(), NamedFiles::Wanted};
    const auto top = StrictTable::read(absolute.string(),
                                       {"print_room", "token", "pkcs12", "station", "printer"});
    const auto room = top.table("print_room", {"journal", "letters", "templates", "window"});
    PrintRoomSettings settings;
    settings.journal = paths.any(room, "journal");
    if (room.has("letters")) settings.letters = paths.folder(room, "letters");
    if (room.has("templates")) settings.templates = paths.folder(room, "templates");
    settings.window = placeIn(room, "window");
    settings.key = keyIn(top, paths);
    settings.station = stationIn(top, paths);
    settings.printer = printerIn(top, paths);
    return settings;
}

}  // namespace zegel::config
