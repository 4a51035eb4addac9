#include "station/ledger/known_before.h"

#include "drivers/base/failure.h"

#include <Poco/Data/RecordSet.h>
#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>
#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <optional>

namespace zegel::station {
namespace {

/// SQLite's own spelling of "do not write, and do not make one". Source: sqlite.org/uri.html.
std::string readOnly(const std::filesystem::path& ledger) {
    std::string path;
    Poco::URI::encode(std::filesystem::absolute(ledger).string(), "?#%", path);
    return "file:" + path + "?mode=ro";
}

/// The one column of the one row; nothing when there is none.
std::optional<std::string> found(Poco::Data::Session& session, const std::string& sql,
                                 const std::string& id) {
    Poco::Data::Statement statement{session};
    auto given = id;
    statement << sql, Poco::Data::Keywords::use(given);
    statement.execute();
    Poco::Data::RecordSet rows{statement};
    if (!rows.moveFirst()) return std::nullopt;
    return rows.value(0).convert<std::string>();
}

KnownBefore ask(Poco::Data::Session& session, const Batch& batch, std::string_view digest) {
    KnownBefore known;
    const auto accepted = found(session, "SELECT digest FROM batches WHERE id=?", batch.id.value());
    if (accepted) {
        known.batch =
            *accepted == digest ? KnownBefore::Content::Same : KnownBefore::Content::Other;
    }
    for (const auto& order : batch.orders) {
        if (const auto of =
                found(session, "SELECT batch FROM orders WHERE id=?", order.id.value())) {
            known.orders.emplace_back(order.id, BatchId{*of});
        }
    }
    return known;
}

}  // namespace

KnownBefore knownBefore(const std::filesystem::path& ledger, const Batch& batch,
                        std::string_view digest) {
    if (!std::filesystem::exists(ledger)) return {};
    Poco::Data::SQLite::Connector::registerConnector();
    try {
        Poco::Data::Session session{"SQLite", readOnly(ledger)};
        // A station that is just making it knows nothing before either.
        if (!found(session, "SELECT name FROM sqlite_master WHERE name=?", "batches")) return {};
        return ask(session, batch, digest);
    } catch (const Poco::Exception& broken) {
        throw Failure{Fault::LedgerUnwritable, "cannot read the ledger " + ledger.string() + ": " +
                                                   broken.displayText() +
                                                   "; check who may read it and its folder"};
    }
}

}  // namespace zegel::station
