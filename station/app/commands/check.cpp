#include "config/settings.h"
#include "station/app/arguments.h"
#include "station/app/commands/command.h"
#include "station/orders/batch_file.h"

#include <iostream>

namespace zegel::station {
namespace {

int checkBatch(const std::string& file, const cardprofiles::Profiles& profiles) {
    const auto batch = readBatchFile(file, profiles);
    std::cout << "batch " << batch.id.value() << ": " << batch.orders.size()
              << " orders can be made, " << batch.refused.size() << " cannot\n";
    for (const auto& refused : batch.refused) {
        std::cout << "  line " << refused.line << ", " << refused.id.value() << ": "
                  << refused.reason << '\n';
    }
    return batch.refused.empty() ? 0 : AnswerIsNo;
}

}  // namespace

int runCheck(const std::vector<std::string>& words) {
    const Arguments arguments{words, {"settings", "batch"}};
    const auto settings = config::readSettings(arguments.required("settings"));
    const auto profiles = cardprofiles::readProfiles(settings.station.profiles.string());
    if (const auto batch = arguments.option("batch")) return checkBatch(*batch, profiles);
    std::cout << "the settings are in order; " << profiles.size() << " profiles:\n";
    for (const auto& [name, profile] : profiles) {
        std::cout << "  " << name << ": " << profile.title << '\n';
    }
    return 0;
}

}  // namespace zegel::station
