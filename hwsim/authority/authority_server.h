#pragma once

#include "hwsim/authority/misbehaviour.h"
#include "hwsim/server/simulation.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace zegel::hwsim {

/// `folder` keeps keys, certificates and what was issued.
struct AuthoritySimulation : ServerSimulation<Mischief> {
    std::filesystem::path registrationAuthority;  ///< PEM; who may ask
    std::string url;  ///< as written into certificates; empty: from the port
};

/// The simulated CA on HTTP, loopback only.
///
///     POST /cmp, /.well-known/cmp               CMP (RFC 4210, RFC 9811)
///     POST /cmp/p/NAME, /.well-known/cmp/p/NAME the same, with a certificate profile
///     GET  /crl  /issuing.der  /root.der  /chain.pem
///     GET  /issued       what was issued: serial, profile, state, a line each
///     POST /misbehave    words as `zegel-hwsim authority --misbehave` takes them; GET tells them
class AuthorityServer {
public:
    /// Listens from here on. Errors: SettingUnusable (folder, port, certificate).
    explicit AuthorityServer(AuthoritySimulation simulation);
    /// Closes every connection.
    ~AuthorityServer();
    AuthorityServer(const AuthorityServer&) = delete;
    AuthorityServer& operator=(const AuthorityServer&) = delete;

    std::uint16_t port() const noexcept;
    std::string url() const;  ///< "http://127.0.0.1:PORT"
    void misbehave(const Misbehaviour& misbehaviour);

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace zegel::hwsim
