#pragma once

#include "pinmailer/press/letter_press.h"
#include "pinmailer/press/program/arguments.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace zegel::press {

/// What a run of zegel-pinmailer ends with.
enum class Ending {
    Done = 0,
    SomeLettersRefused = 1,  ///< the others were made
    WrongUse = 2,            ///< nothing was done
    SettingUnusable = 3,     ///< key, certificate, password, template, journal or folder
    SomethingToSettle = 4,   ///< a letter is uncertain: a person looks at the paper
    NotFinished = 5          ///< printer or station was not there; the next run goes on
};

using WindowAt = std::optional<std::array<double, 2>>;

struct RenderWish {
    std::string letterFile;
    std::string output;  ///< a PDF, or a folder
    std::string key;
    std::string passwordFile;  ///< empty: asked on the terminal
    std::string stationCertificate;
    std::string templates;
    WindowAt windowAt;
    Offset offset{};  ///< the printer's
};

/// One letter file as a PDF, once a person was warned and agrees. Prints nothing, journals nothing.
Ending render(const RenderWish& wish);

/// "--offset X,Y". Errors: RequestRefused beyond 10 mm, which no printer is wrong by.
Offset offsetIn(Arguments& arguments);

/// Notes that the station signed, each as a PDF; a line for each on standard output. Needs no key.
Ending noteBy(Arguments& arguments);

/// One letter or note with made-up names and codes, as PDF or PNG, to look at.
Ending previewBy(Arguments& arguments);

/// The sheet that printers, folding machines and envelopes are set up with.
Ending sheetBy(Arguments& arguments);

/// Every template of a folder in every variant, held against its rules; a line for each.
Ending checkBy(Arguments& arguments);

struct ShowWish {
    std::vector<std::string> letterFiles;
    std::string stationCertificate;  ///< empty: the signature is not checked, and that is told
};

/// Everything on each letter but its codes. One that is refused hides no other.
Ending show(const ShowWish& wish);

/// A picture or a PDF in a folder that is there; by the name's end.
/// Errors: RequestRefused for any other end, SettingUnusable for the folder.
bool isPicture(const std::string& output);

/// Where templates are when nobody says: beside the installed program, else in the source tree.
std::string shippedTemplates();

}  // namespace zegel::press
