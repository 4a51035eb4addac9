#pragma once

#include "drivers/base/bytes.h"

#include <Poco/Data/Session.h>

#include <concepts>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace zegel::station {

/// One statement that is run many times. Compiled once, which Poco's are not: it compiles theirs
/// anew each time, which is most of what a row costs. Ends before its session does. Errors: Poco's
/// own exceptions, as those of its statements.
class Repeated {
public:
    Repeated(const Poco::Data::Session& session, const std::string& sql);
    ~Repeated();
    Repeated(const Repeated&) = delete;
    Repeated& operator=(const Repeated&) = delete;

    /// `?` stands for each value in turn. Gives the number of rows touched.
    template <typename... Values>
    std::size_t operator()(const Values&... values) {
        const Afresh afterwards{statement_};
        int at = 0;
        (bind(++at, values), ...);
        return run();
    }

private:
    /// The statement forgets its values, which live no longer than the call.
    class Afresh {
    public:
        explicit Afresh(sqlite3_stmt* statement) : statement_(statement) {}
        ~Afresh();
        Afresh(const Afresh&) = delete;
        Afresh& operator=(const Afresh&) = delete;

    private:
        sqlite3_stmt* statement_;
    };

    void bind(int at, std::string_view text);
    void bind(int at, const std::string& text) { bind(at, std::string_view{text}); }
    void bind(int at, const char* text) { bind(at, std::string_view{text}); }
    void bind(int at, ByteView octets);
    void bind(int at, const Bytes& octets) { bind(at, ByteView{octets}); }
    void bind(int at, std::int64_t number);
    void bind(int at, std::integral auto number) { bind(at, static_cast<std::int64_t>(number)); }
    std::size_t run();
    void expect(int result, int wanted);

    sqlite3* handle_;
    sqlite3_stmt* statement_ = nullptr;
};

}  // namespace zegel::station
