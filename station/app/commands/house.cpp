#include "station/app/commands/command.h"
#include "station/app/house_keys.h"

#include <iostream>

namespace zegel::station {

int runHouse(const Arguments& arguments) {
    const auto organisation = arguments.required("organisation");
    const auto settings =
        config::readSettings(settingsFile(arguments), config::NamedFiles::NotAsked);
    const auto made = makeHouse(settings, arguments.option("country").value_or("NL"), organisation);
    for (const auto& line : made)
        std::cout << "made " << line << '\n';
    if (made.empty()) std::cout << "nothing was missing\n";
    return Done;
}

}  // namespace zegel::station
