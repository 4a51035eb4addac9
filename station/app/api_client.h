#pragma once

#include "config/client_settings.h"
#include "drivers/base/secret.h"

#include <Poco/JSON/Object.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// The station's API, asked in the name of a client's certificate. One connection, one thread.
/// Errors of every question: StationUnavailable when no whole answer came, which leaves open
/// whether the station did what was asked: the same id again tells.
class ApiClient {
public:
    /// What the station said.
    struct Said {
        int status = 0;
        Poco::JSON::Object::Ptr body;  ///< an empty object when it said none
        bool isDone() const noexcept { return status >= 200 && status < 300; }
        /// In words, of an answer that is none of those.
        std::string refusal() const;
    };

    /// Errors: SettingUnusable naming what is wrong with the address, the certificates or the key.
    explicit ApiClient(const config::ClientSettings& settings);
    ~ApiClient();
    ApiClient(const ApiClient&) = delete;
    ApiClient& operator=(const ApiClient&) = delete;

    Said get(const std::string& path);
    Said post(const std::string& path, const Poco::JSON::Object& body);
    /// A file as it stands. Errors: OrderUnusable naming the file when it cannot be read.
    Said postFile(const std::string& path, const std::filesystem::path& file);
    /// With one text more, `name`, at the object's end. The secret must stand for itself in JSON.
    Said post(const std::string& path, const Poco::JSON::Object& body, std::string_view name,
              const SecretBytes& secret);
    /// All pages of a list: the objects under `list`. Gives the first answer that is a refusal
    /// instead, its status and reason.
    Said list(const std::string& path, const std::string& list,
              std::vector<Poco::JSON::Object>& into);

private:
    struct Line;
    std::unique_ptr<Line> line_;
};

/// One segment of a path, or a value of a query, as a URL has it.
std::string urlSegment(const std::string& text);

}  // namespace zegel::station
