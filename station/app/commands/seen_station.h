#pragma once

#include "config/settings.h"
#include "drivers/base/clock.h"
#include "station/app/commands/command.h"
#include "station/ledger/ledger.h"
#include "station/report/batch_report.h"

#include <Poco/JSON/Object.h>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace zegel::station {

/// A station as its command line sees it, whether it runs or not: the ledger, looked at beside the
/// line, and what the station wrote of itself last.
struct SeenStation {
    config::Settings settings;
    SystemClock clock{};
    Ledger ledger;
    Poco::JSON::Object::Ptr said;  ///< station.status.json; empty before there is one

    explicit SeenStation(config::Settings theSettings);
    /// All of them, in the order in which they came.
    std::vector<BatchEntry> batches();
    /// `take` writes to what it is given, which goes to standard output when the ledger is looked
    /// at no more: whoever reads slowly would keep its write-ahead log growing. Errors: Defect when
    /// the ledger does not know the batch; SettingUnusable when there is no room to put it by.
    void tell(const BatchId& batch,
              const std::function<void(const BatchReport&, std::ostream& out)>& take);
};

/// Lets `show` look at the station that the settings name, and says behind it when the station does
/// not run. Gives the exit status: that of `show` unless it is Done. Without a ledger nothing is
/// shown.
int withStation(const Arguments& arguments, const std::function<int(SeenStation&)>& show);

/// For programs, indented. What it is, is the API's (station/api/openapi.json) where it has it.
void printJson(const Poco::JSON::Object& shown);

/// A whole list under its name, as the API has its pages.
Poco::JSON::Object listed(const std::string& name, const std::vector<Poco::JSON::Object>& entries);

}  // namespace zegel::station
