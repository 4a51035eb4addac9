#pragma once

#include "drivers/base/secret.h"
#include "station/api/client_gate.h"
#include "station/api/rights.h"
#include "station/api/spool_file.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zegel::station {

/// One request of a client that was let in, its body read.
struct Request {
    std::string id;  ///< ours, for the log and the answer
    std::string method;
    std::string path;   ///< percent-encoded, without the query
    std::string query;  ///< what follows "?"
    std::string accept;
    std::string lastEventId;
    Client client;
    std::vector<std::string> parameters;  ///< what the path says, in the order of its pattern
    std::string body;                     ///< of Body::Small
    SecretBytes secretBody;               ///< of Body::Secret
    std::filesystem::path spooled;        ///< of Body::Batch: where it lies
    std::filesystem::path spool;          ///< where an answer may lie until it is sent
};

/// What the client is told.
struct Answer {
    int status = 200;
    std::string type = "application/json";
    std::string body;
    std::shared_ptr<SpoolFile> file;  ///< in place of a body that is too large for memory
    std::vector<std::pair<std::string, std::string>> headers;
    std::string why;  ///< for the log, when it was refused
    /// In place of a body: writes until the client is gone (false from `good()`) or it is told to
    /// stop.
    std::function<void(std::ostream&, const std::function<bool()>& stopping)> stream;
};

/// Problem details (RFC 9457). `detail` says what is wrong and what to do.
Answer problem(int status, const std::string& detail, const std::string& request);
/// The spool cannot be written. `what`: "batch"; `why`: for the log.
Answer noRoomFor(const std::string& what, const std::string& why, const std::string& request);

/// What follows "?", read strictly: what is wrong with it is gathered, for an answer of 400.
class Query {
public:
    Query(const std::string& text, std::initializer_list<std::string_view> known);

    std::optional<std::string> text(std::string_view name) const;
    /// `otherwise` when it is absent or wrong.
    std::int64_t number(std::string_view name, std::int64_t least, std::int64_t most,
                        std::int64_t otherwise);
    std::size_t limit();   ///< of a page: 1 to 1000, else 100
    std::int64_t after();  ///< where a page begins: behind this number, else at the start

    const std::string& objection() const noexcept { return objection_; }

private:
    void object(const std::string& complaint);

    std::map<std::string, std::string, std::less<>> values_;
    std::string objection_;
};

}  // namespace zegel::station
