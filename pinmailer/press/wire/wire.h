#pragma once

#include "drivers/base/bytes.h"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <variant>

namespace zegel::press {

/// What the other end of a connection has to prove, and what proves who we are. PEM files.
struct Trust {
    std::string authorities;  ///< its certificate leads to one of these and names its host
    std::string pinned;       ///< or: it holds the key of exactly this certificate
    std::string certificate;  ///< ours; empty: none
    std::string key;
};

/// The body of a question, read piece by piece while it is sent. Tells how much was handed out.
class Outgoing {
public:
    virtual ~Outgoing() = default;
    virtual std::size_t size() const = 0;
    /// Fills as much of `out` as there is, from where it stopped; 0 at the end.
    virtual std::size_t read(std::span<std::uint8_t> out) = 0;
    /// From the beginning again. False when it must not be sent a second time.
    virtual bool rewind() = 0;

protected:
    Outgoing() = default;
    Outgoing(const Outgoing&) = default;
    Outgoing& operator=(const Outgoing&) = default;
};

/// Octets that are no secret, as a body.
class PlainOctets final : public Outgoing {
public:
    explicit PlainOctets(ByteView octets) noexcept : octets_(octets) {}
    std::size_t size() const override { return octets_.size(); }
    std::size_t read(std::span<std::uint8_t> out) override;
    bool rewind() override;

private:
    ByteView octets_;
    std::size_t at_ = 0;
};

struct Reply {
    long status = 0;  ///< of HTTP
    std::string contentType;
    Bytes body;
};

/// No whole answer came. Whether the other end got something of the question is known only as far
/// as the body tells what was read of it.
struct Silence {
    std::string why;
};

/// Whether a connection serves the next question too.
enum class Connection { Kept, OncePerQuestion };

/// Questions over HTTP or HTTPS (TLS 1.2 at least), one at a time: libcurl, without proxies,
/// redirections, cookies or files. What libcurl held of a body is given back before `ask` ends
/// when the connection is used once. For one thread.
class Wire {
public:
    /// Errors: SettingUnusable naming a file that cannot be used.
    Wire(Trust trust, Connection connection, std::chrono::milliseconds answerWithin);
    Wire(Wire&&) noexcept;
    Wire& operator=(Wire&&) noexcept;
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    ~Wire();

    std::variant<Reply, Silence> get(const std::string& url);
    std::variant<Reply, Silence> post(const std::string& url, const std::string& contentType,
                                      Outgoing& body);

private:
    struct Works;
    std::unique_ptr<Works> works_;
};

}  // namespace zegel::press
