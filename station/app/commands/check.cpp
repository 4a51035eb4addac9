#include "config/settings.h"
#include "drivers/base/counted.h"
#include "drivers/base/failure.h"
#include "station/app/commands/command.h"
#include "station/app/printed.h"
#include "station/ledger/known_before.h"
#include "station/orders/batch_file.h"

#include <iostream>

namespace zegel::station {
namespace {

/// Whether the station would take the batch as a whole; says why not.
bool isNew(const Batch& batch, KnownBefore::Content content) {
    switch (content) {
        case KnownBefore::Content::New: return true;
        case KnownBefore::Content::Same:
            std::cout << "batch " << batch.id.value()
                      << " was accepted before, with just this content: nothing would be made of "
                         "it\n";
            return false;
        case KnownBefore::Content::Other:
            std::cout << "batch " << batch.id.value()
                      << " was accepted before with other content: it would be refused; send it "
                         "under a new batch id\n";
            return false;
    }
    return true;
}

int checkBatch(const std::string& file, const config::Settings& settings,
               const cardprofiles::Profiles& profiles) {
    const auto batch = readBatchFile(file, profiles, {}, file);
    const auto& ledger = settings.station.ledger;
    const bool asked = std::filesystem::exists(ledger);
    const auto known = asked ? knownBefore(ledger, batch, batch.digest) : KnownBefore{};
    if (!isNew(batch, known.batch)) return Refused;
    const auto refused = batch.refused.size() + known.orders.size();
    std::cout << "batch " << batch.id.value() << ": "
              << counted(batch.orders.size() - known.orders.size(), "order") << " can be made, "
              << refused << " cannot\n";
    for (const auto& order : batch.refused)
        std::cout << folded(order.reason, "  ");
    for (const auto& [order, before] : known.orders) {
        std::cout << folded("order " + order.value() + " was accepted before, in batch " +
                                before.value() + "; give this one an id of its own",
                            "  ");
    }
    if (!asked) {
        std::cout << "only the file was checked: there is no ledger yet that would know its "
                     "orders\n";
    }
    return refused == 0 ? Done : Refused;
}

}  // namespace

int runCheck(const Arguments& arguments) {
    const auto option = arguments.option("batch");
    if (option && !arguments.words().empty()) {
        throw Failure{Fault::RequestRefused, "name one file: zegel check FILE"};
    }
    const auto settings = config::readSettings(settingsFile(arguments));
    const auto profiles = cardprofiles::readProfiles(settings.station.profiles.string());
    if (option) return checkBatch(*option, settings, profiles);
    if (!arguments.words().empty()) {
        return checkBatch(arguments.words().front(), settings, profiles);
    }
    std::cout << "the settings " << settings.file.string() << " are in order; "
              << counted(profiles.size(), "profile") << ":\n";
    for (const auto& [name, profile] : profiles)
        std::cout << "  " << name << ": " << profile.title << '\n';
    std::cout << "a batch is checked by zegel check FILE\n";
    return Done;
}

}  // namespace zegel::station
