#pragma once

#include "hwsim/server/mischief.h"

#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/StreamSocket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace zegel::hwsim {

using Poco::Net::HTTPResponse;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

/// HTTP on loopback, a thread for each line that is open.
class HttpServer {
public:
    using Tell = std::function<void(const std::string& line)>;
    /// `path` is without its query. What it throws is told, and answered with 500.
    using Desk =
        std::function<void(HTTPServerRequest&, HTTPServerResponse&, const std::string& path)>;

    /// Takes the port; answers nobody yet. Errors: SettingUnusable when the port is taken.
    HttpServer(std::uint16_t port, int mostLines, Tell tell);
    /// Closes every connection.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    void open(Desk desk);
    /// Closes every connection; nobody is at the desk any more when this returns.
    void close();

    std::uint16_t port() const noexcept;
    std::string url() const;  ///< "http://127.0.0.1:PORT"
    /// One line of the log, of several threads in turn.
    void tell(const std::string& line);

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

/// The request's body, or as much of it as a careful server reads. Errors: std::runtime_error
/// when the client went away before it was whole; there is nobody then to blame for it.
std::string bodyOf(HTTPServerRequest& request);

void answer(HTTPServerResponse& response, const std::string& type, const std::string& body,
            HTTPResponse::HTTPStatus status = HTTPResponse::HTTP_OK);

/// In plain text.
void answer(HTTPServerResponse& response, const std::string& body,
            HTTPResponse::HTTPStatus status = HTTPResponse::HTTP_OK);

Poco::Net::StreamSocket& lineOf(HTTPServerRequest& request);

/// Leaves the client without an answer, as a broken line would.
void hangUp(HTTPServerRequest& request);

/// POST /misbehave sets what the server does wrong from now on; GET tells it.
template <typename Kind>
void answerMisbehave(HTTPServerRequest& request, HTTPServerResponse& response,
                     const MischiefTable<Kind>& table, TemperOf<Kind>& temper) {
    if (request.getMethod() == "POST") {
        const auto wanted = table.read(bodyOf(request));
        if (!wanted) {
            return answer(response, "cannot do that; one of\n" + table.list(),
                          HTTPResponse::HTTP_BAD_REQUEST);
        }
        temper.set(*wanted);
    }
    answer(response, std::string{table.nameOf(temper.current().mischief)} + "\n");
}

}  // namespace zegel::hwsim
