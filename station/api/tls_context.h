#pragma once

#include "station/api/client_gate.h"

#include <Poco/Net/Context.h>

namespace zegel::station {

/// TLS 1.2 or newer for a server whose every client shows a certificate that the gate lets in. No
/// session is resumed: a client that was revoked meanwhile would come back in by it.
/// `chain`: the server's certificate and those above it, PEM; `key`: PEM, unencrypted, read by
/// OpenSSL alone. The gate must outlive the context.
/// Errors: SettingUnusable naming the file.
Poco::Net::Context::Ptr tlsContext(const std::filesystem::path& chain,
                                   const std::filesystem::path& key, ClientGate& gate);

/// Why this thread's last handshake let its client not in, in OpenSSL's words; empty when it did,
/// or no certificate was shown.
std::string lastVerdictHere();
void forgetVerdictHere();

}  // namespace zegel::station
