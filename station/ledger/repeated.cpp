#include "station/ledger/repeated.h"

#include <Poco/Data/SQLite/Utility.h>

#include <sqlite3.h>

namespace zegel::station {

Repeated::Repeated(Connection& connection, const std::string& sql)
    : handle_(Poco::Data::SQLite::Utility::dbHandle(connection.session)) {
    expect(::sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement_, nullptr), SQLITE_OK);
}

Repeated::~Repeated() {
    ::sqlite3_finalize(statement_);
}

void Repeated::bind(int at, std::string_view text) {
    // It stays with the caller until the row is written.
    expect(::sqlite3_bind_text64(statement_, at, text.empty() ? "" : text.data(), text.size(),
                                 SQLITE_STATIC, SQLITE_UTF8),
           SQLITE_OK);
}

void Repeated::bind(int at, std::int64_t number) {
    expect(::sqlite3_bind_int64(statement_, at, number), SQLITE_OK);
}

std::size_t Repeated::run() {
    const int done = ::sqlite3_step(statement_);
    const auto touched = static_cast<std::size_t>(::sqlite3_changes(handle_));
    ::sqlite3_reset(statement_);
    expect(done, SQLITE_DONE);
    return touched;
}

void Repeated::expect(int result, int wanted) {
    if (result != wanted) Poco::Data::SQLite::Utility::throwException(handle_, result);
}

}  // namespace zegel::station
