#pragma once

#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace zegel::config {

/// What opens letters: a PKCS#11 token, or a PKCS#12 file.
struct LetterKeySettings {
    bool inToken = true;
    std::filesystem::path module;                     ///< of the token; empty: SoftHSM
    std::string label;                                ///< of the token
    std::vector<std::filesystem::path> certificates;  ///< besides those that the token holds
    std::filesystem::path file;                       ///< PKCS#12
    std::optional<std::filesystem::path> pinFile;     ///< or password; none: asked
};

/// The station's API, as the print room reaches it.
struct StationApiSettings {
    std::string url;
    std::filesystem::path authorities;  ///< the API's certificate leads to one of these
    std::filesystem::path certificate;  ///< ours, role print-room
    std::filesystem::path key;
    std::filesystem::path seal;  ///< letters signed by any other certificate are refused
    std::chrono::seconds answerWithin{};
};

/// The printer, asked by IPP.
struct PrinterSettings {
    std::string uri;
    std::optional<std::filesystem::path> certificate;  ///< that an ipps printer must hold
    std::string media;
    std::array<double, 2> offset{};  ///< mm to the right and down, against what it does wrong
    bool countsImpressions = true;
    bool inTheClear = false;  ///< ipp to another machine: codes can be read on the wire
    std::chrono::seconds readyWithin{};
    std::chrono::seconds finishWithin{};
    std::chrono::seconds answerWithin{};
};

/// Everything zegel-pinmailer is told before it prints.
struct PrintRoomSettings {
    std::filesystem::path journal;                   ///< folder
    std::optional<std::filesystem::path> letters;    ///< folder; none: the station is asked
    std::optional<std::filesystem::path> templates;  ///< none: those shipped
    std::optional<std::array<double, 2>> window;     ///< mm; none: the template's
    LetterKeySettings key;
    StationApiSettings station;
    PrinterSettings printer;
};

/// Reads TOML strictly (config/examples/print-room.toml tells every key). Relative paths are
/// relative to the settings file.
/// Errors: SettingUnusable naming file, line, column, key and what to do, as `readSettings`.
PrintRoomSettings readPrintRoomSettings(const std::filesystem::path& file);

}  // namespace zegel::config
