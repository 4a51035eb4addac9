#pragma once

#include "pinmailer/press/letter_press.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace zegel::press {

/// The presses of one run, each made when the first letter needs it.
class Presses {
public:
    /// `folder` holds the templates. `windowAt` as in LetterTemplate::load.
    Presses(std::string folder, std::optional<std::array<double, 2>> windowAt)
        : folder_(std::move(folder)), windowAt_(windowAt) {}

    /// The press for "<name>.<language>.svg" in the folder.
    /// Errors: SettingUnusable when there is none or it breaks a rule.
    LetterPress& pressFor(const std::string& name, const std::string& language,
                          const Variant& variant);
    LetterPress& pressFor(const OpenedLetter& opened);

private:
    std::string folder_;
    std::optional<std::array<double, 2>> windowAt_;
    std::map<std::tuple<std::string, std::string, Variant>, LetterPress> presses_;
};

}  // namespace zegel::press
