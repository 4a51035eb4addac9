#include "config/client_settings.h"

#include "config/named_paths.h"
#include "config/strict_table.h"
#include "drivers/base/failure.h"

namespace zegel::config {

ClientSettings readClientSettings(const std::filesystem::path& file) {
    const auto whole = std::filesystem::absolute(file).lexically_normal();
    const auto top = StrictTable::read(
        whole.string(), {"client", "station", "readers", "chips", "authority", "token", "seal",
                         "letters", "orders", "api"});  // settings.cpp
    const auto table = top.optionalTable(
        "client", {"station", "authorities", "certificate", "key", "answer_within_seconds"});
    if (!table) {
        throw Failure{
            Fault::SettingUnusable,
            whole.string() +
                " has no table [client], which tells how to reach the station in your own "
                "name: name a file that has with --as FILE; config/examples/client.toml "
                "is one to begin with"};
    }
    const Paths paths{whole.parent_path(), NamedFiles::Wanted};
    ClientSettings client;
    client.file = whole;
    client.station = table->text("station");
    const bool isAddress = client.station.starts_with("https://") && client.station.size() > 8 &&
                           client.station.find(' ') == std::string::npos;
    if (!isAddress) {
        table->refuse("station", "\"" + client.station +
                                     "\" is no address of a station's API; write one such as "
                                     "https://station.example:8443");
    }
    client.authorities = paths.file(*table, "authorities");
    client.certificate = paths.file(*table, "certificate");
    client.key = paths.ownersFile(*table, "key");
    client.answerWithin =
        std::chrono::seconds{table->numberOr("answer_within_seconds", 1, 600, 30)};
    return client;
}

}  // namespace zegel::config
