#pragma once

#include <array>
#include <optional>
#include <string>

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
    std::string letters;
    std::string output;
    std::string key;
    std::string passwordFile;  ///< empty: asked on the terminal
    std::string stationCertificate;
    std::string templates;
    WindowAt windowAt;
};

/// Every "*.letter" of the folder becomes "<letter id>.pdf"; a line for each on standard output.
Ending render(const RenderWish& wish);

struct PreviewWish {
    std::string templateName;
    std::string language;
    std::string carrier = "smart-card";
    bool puk = true;
    std::string output;
    std::string templates;
    WindowAt windowAt;
};

/// One letter with made-up codes, to look at.
Ending preview(const PreviewWish& wish);

struct ShowWish {
    std::string letterFile;
    std::string stationCertificate;  ///< empty: the signature is not checked, and that is told
};

/// Everything on a letter but its codes.
Ending show(const ShowWish& wish);

/// Where templates are when nobody says: beside the installed program, else in the source tree.
std::string shippedTemplates();

}  // namespace zegel::press
