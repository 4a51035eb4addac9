#include "station/ledger/repeated.h"

#include <Poco/Data/SQLite/Utility.h>

#include <sqlite3.h>

namespace zegel::station {

Repeated::Repeated(const Poco::Data::Session& session, const std::string& sql)
    : handle_(Poco::Data::SQLite::Utility::dbHandle(session)) {
    expect(::sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement_, nullptr), SQLITE_OK);
}

Repeated::~Repeated() {
    ::sqlite3_finalize(statement_);
}

Repeated::Afresh::~Afresh() {
    ::sqlite3_reset(statement_);
    ::sqlite3_clear_bindings(statement_);
}

void Repeated::bind(int at, std::string_view text) {
    // It stays with the caller until the row is written.
    expect(::sqlite3_bind_text64(statement_, at, text.empty() ? "" : text.data(), text.size(),
                                 SQLITE_STATIC, SQLITE_UTF8),
           SQLITE_OK);
}

void Repeated::bind(int at, ByteView octets) {
    // A null pointer would mean NULL, also for no octets.
    expect(::sqlite3_bind_blob64(statement_, at,
                                 octets.empty() ? "" : static_cast<const void*>(octets.data()),
                                 octets.size(), SQLITE_STATIC),
           SQLITE_OK);
}

void Repeated::bind(int at, std::int64_t number) {
    expect(::sqlite3_bind_int64(statement_, at, number), SQLITE_OK);
}

std::size_t Repeated::run() {
    int done = SQLITE_ROW;
    while (done == SQLITE_ROW)  // a PRAGMA answers
        done = ::sqlite3_step(statement_);
    expect(done, SQLITE_DONE);
    return static_cast<std::size_t>(::sqlite3_changes(handle_));
}

void Repeated::expect(int result, int wanted) {
    if (result != wanted) Poco::Data::SQLite::Utility::throwException(handle_, result);
}

}  // namespace zegel::station
