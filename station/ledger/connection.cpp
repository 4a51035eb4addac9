#include "station/ledger/connection.h"

#include "drivers/base/failure.h"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Exception.h>

namespace zegel::station {
namespace {

Poco::Data::Session opened(const std::filesystem::path& file) {
    Poco::Data::SQLite::Connector::registerConnector();
    try {
        constexpr std::size_t Seconds = 2;
        return Poco::Data::Session{"SQLite", file.string(), Seconds};
    } catch (const Poco::Exception& broken) {
        throw Failure{Fault::LedgerUnwritable,
                      "cannot open the ledger " + file.string() + ": " + broken.displayText() +
                          "; check that its folder exists and is writable"};
    }
}

}  // namespace

Connection::Connection(const std::filesystem::path& file) : session(opened(file)) {
    session.setConnectionTimeout(WaitSeconds);
}

Repeated& Connection::compiled(const std::string& sql) {
    return compiled_.try_emplace(sql, session, sql).first->second;
}

void Connection::undo() noexcept {
    try {
        if (session.isTransaction()) session.rollback();
    } catch (const Poco::Exception&) {
        // The failure that led here is the one to tell; SQLite undoes an open transaction itself.
        return;
    }
}

std::string textAt(Poco::Data::RecordSet& rows, std::string_view column) {
    const auto value = rows.value(std::string{column});
    return value.isEmpty() ? std::string{} : value.convert<std::string>();
}

std::int64_t numberAt(Poco::Data::RecordSet& rows, std::string_view column) {
    const auto value = rows.value(std::string{column});
    return value.isEmpty() ? 0 : value.convert<std::int64_t>();
}

Bytes bytesAt(Poco::Data::RecordSet& rows, std::string_view column) {
    const auto value = rows.value(std::string{column});
    if (value.isEmpty()) return {};
    const auto& blob = value.extract<Poco::Data::BLOB>();
    return {blob.begin(), blob.end()};
}

TimePoint timeAt(Poco::Data::RecordSet& rows, std::string_view column) {
    return TimePoint{std::chrono::seconds{numberAt(rows, column)}};
}

}  // namespace zegel::station
