#pragma once

#include "config/print_room.h"
#include "pinmailer/press/post/letters_desk.h"
#include "pinmailer/press/presses.h"
#include "pinmailer/press/print_room.h"
#include "pinmailer/press/printing/printer.h"
#include "pinmailer/press/program/arguments.h"
#include "pinmailer/press/run/printer_watch.h"

#include <vector>

namespace zegel::press {

/// The settings that --settings or ZEGEL_PRINT_ROOM names.
/// Errors: SettingUnusable; RequestRefused when none are named.
config::PrintRoomSettings settingsFor(Arguments& arguments);

LettersDesk deskFor(const config::PrintRoomSettings& settings);
Printer printerFor(const config::PrintRoomSettings& settings);
Patience patienceOf(const config::PrintRoomSettings& settings);
/// Asks for PIN or password on the terminal where no file is named.
std::vector<PrintRoomKey> keysFor(const config::PrintRoomSettings& settings);
Presses pressesFor(const config::PrintRoomSettings& settings);

}  // namespace zegel::press
