#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/clock.h"
#include "station/ledger/repeated.h"

#include <Poco/Data/LOB.h>
#include <Poco/Data/RecordSet.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>

#include <concepts>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace zegel::station {

/// A connection to the ledger's file, and the words every verb is made of. Known to
/// station/ledger only.
struct Connection {
    /// Errors: LedgerUnwritable naming the file.
    explicit Connection(const std::filesystem::path& file);

    /// `?` stands for each argument in turn. Gives the number of rows touched.
    template <typename... Arguments>
    std::size_t execute(const std::string& sql, const Arguments&... arguments) {
        return compiled(sql)(arguments...);
    }

    template <typename... Arguments>
    Poco::Data::RecordSet select(const std::string& sql, const Arguments&... arguments) {
        Poco::Data::Statement statement{session};
        statement << sql;
        (static_cast<void>((statement, Poco::Data::Keywords::bind(plain(arguments)))), ...);
        statement.execute();
        return Poco::Data::RecordSet{statement};
    }

    /// How long a statement waits for another connection.
    static constexpr int WaitSeconds = 5;

    /// Whatever was begun is undone.
    void undo() noexcept;

    Poco::Data::Session session;

private:
    /// Each of the verbs' statements once: there are some sixty.
    Repeated& compiled(const std::string& sql);

    static std::string plain(std::string_view text) { return std::string{text}; }
    static std::string plain(const std::string& text) { return text; }
    static std::string plain(const char* text) { return text; }
    static Poco::Data::BLOB plain(ByteView bytes) { return {bytes.data(), bytes.size()}; }
    static Poco::Data::BLOB plain(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }
    static Poco::Int64 plain(std::integral auto number) { return static_cast<Poco::Int64>(number); }

    std::unordered_map<std::string, Repeated> compiled_{};
};

std::string textAt(Poco::Data::RecordSet& rows, std::string_view column);
std::int64_t numberAt(Poco::Data::RecordSet& rows, std::string_view column);
Bytes bytesAt(Poco::Data::RecordSet& rows, std::string_view column);
TimePoint timeAt(Poco::Data::RecordSet& rows, std::string_view column);

/// Every row, as `read` understands it.
template <typename Read>
auto allOf(Poco::Data::RecordSet rows, Read read) {
    std::vector<decltype(read(rows))> entries;
    for (bool more = rows.moveFirst(); more; more = rows.moveNext())
        entries.push_back(read(rows));
    return entries;
}

}  // namespace zegel::station
