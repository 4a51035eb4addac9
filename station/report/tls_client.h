#pragma once

#include <Poco/Net/Context.h>

#include <filesystem>
#include <string>
#include <vector>

namespace zegel::station {

/// For TLS 1.2 or newer to `host`, whose certificate must name it and lead to one of `roots` (PEM;
/// none: the machine's). The name is judged by OpenSSL: Poco's own look at it asks the DNS.
/// Errors: SettingUnusable naming the file, or `setting` for a host that is none.
Poco::Net::Context::Ptr tlsClientContext(const std::string& host,
                                         const std::vector<std::filesystem::path>& roots,
                                         const std::string& setting);

}  // namespace zegel::station
