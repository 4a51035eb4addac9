#include "station/app/arguments.h"
#include "station/app/commands/command.h"
#include "station/app/house_keys.h"

#include <iostream>

namespace zegel::station {

int runHouse(const std::vector<std::string>& words) {
    const Arguments arguments{words, {"settings", "organisation", "country"}};
    const auto settings =
        config::readSettings(arguments.required("settings"), config::NamedFiles::NotAsked);
    const auto made = makeHouse(settings, arguments.option("country").value_or("NL"),
                                arguments.required("organisation"));
    for (const auto& line : made)
        std::cout << "made " << line << '\n';
    if (made.empty()) std::cout << "nothing was missing\n";
    return 0;
}

}  // namespace zegel::station
