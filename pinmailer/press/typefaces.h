#pragma once

#include <string>
#include <vector>

namespace zegel::press {

/// Makes these typefaces ready for Pango and librsvg, by name. Those of the shipped templates are
/// read from their own folders; all that a machine has are looked through, which takes longer than
/// a letter, once one is asked for that is not there, or where FONTCONFIG_FILE says what there is.
/// Errors: SettingUnusable naming `file`, whose typefaces they are, and what is not installed.
/// Source: [fontconfig] user's manual, configuration file format
void prepareTypefaces(const std::vector<std::string>& families, const std::string& file);

}  // namespace zegel::press
