#pragma once

#include "station/api/role.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// What a request may carry.
enum class Body {
    None,
    Small,   ///< JSON, at most ApiLimits::bodyOctets, held in memory
    Secret,  ///< the same, wiped when it was answered
    Batch    ///< JSON, at most ApiLimits::batchOctets, laid in a file
};

/// One endpoint, and who may use it. The table in rights.cpp is the only place that says so;
/// openapi.json repeats it as `x-roles`, and tests hold the two and the server together.
struct Right {
    std::string_view method;
    std::string_view path;  ///< "/v1/batches/{batch}"
    std::string_view operation;
    bool anyCertificate = false;  ///< a valid client certificate is enough, without a role
    RoleSet roles;
    Body body = Body::None;

    constexpr bool allows(RoleSet client) const { return anyCertificate || roles.meets(client); }
};

/// Every endpoint there is.
std::span<const Right> rights() noexcept;

/// An endpoint found by a request's path.
struct Endpoint {
    const Right* right = nullptr;         ///< nothing when the path has no such method
    std::vector<std::string> parameters;  ///< what stood for "{…}", in order
    std::string allowed;                  ///< the path's methods, "GET, POST"
};

/// `path` as it came, percent-encoded. Nothing when no endpoint has that path, or it is not well
/// encoded.
std::optional<Endpoint> endpointFor(std::string_view method, std::string_view path);

/// "%2F" as the octet it stands for; nothing when it is not well encoded or holds a control
/// character.
std::optional<std::string> percentDecoded(std::string_view text);

}  // namespace zegel::station
