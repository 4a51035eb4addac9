#include "station/api/connection.h"

#include <algorithm>
#include <fstream>

namespace zegel::station {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t ShownOctets = 256;  // of a path, in the log

/// No answer is kept, framed, guessed at, or asked for without TLS.
constexpr std::pair<const char*, const char*> SecurityHeaders[]{
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Referrer-Policy", "no-referrer"},
    {"Strict-Transport-Security", "max-age=31536000"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"}};

std::string printable(std::string text) {
    text.resize(std::min(text.size(), ShownOctets));
    std::ranges::replace_if(
        text, [](char c) { return c < ' ' || c > '~'; }, '?');
    return text;
}

std::size_t sizeOf(const Answer& answer) {
    return answer.file ? std::filesystem::file_size(answer.file->path()) : answer.body.size();
}

}  // namespace

void Connection::send(const Answer& answer, HttpResponse& response, const Request& request,
                      Watchdog::Watch& watch) {
    response.setVersion(Poco::Net::HTTPMessage::HTTP_1_1);
    response.setDate(Poco::Timestamp{});
    response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.status));
    response.setContentType(answer.type);
    response.set("X-Request-Id", request.id);
    for (const auto& [name, value] : SecurityHeaders)
        response.set(name, value);
    for (const auto& [name, value] : answer.headers)
        response.set(name, value);
    if (!answer.stream) {
        response.setContentLength64(static_cast<Poco::Int64>(sizeOf(answer)));
        auto& out = response.send();
        if (answer.file) out << std::ifstream{answer.file->path(), std::ios::binary}.rdbuf();
        out.write(answer.body.data(), static_cast<std::streamsize>(answer.body.size()));
        out.flush();  // before the client's last words are waited for
        return;
    }
    response.setChunkedTransferEncoding(true);
    watch.withoutEnd();
    answer.stream(response.send(), [&] {
        return counter_.watchdog.stopping() ||
               counter_.gate.verdictOn(const_cast<X509*>(certificate_->certificate())) != X509_V_OK;
    });
}

void Connection::note(const Request& request, const Answer& answer, SteadyClock::time_point since) {
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - since);
    counter_.log.write({request.id, address_, client_.name, client_.fingerprint,
                        printable(request.method), printable(request.path), answer.status,
                        sizeOf(answer), took, answer.why});
}

void Connection::noteUngreeted(const std::string& why) {
    Access access;
    access.address = address_;
    access.why = "not let in: " + printable(why);
    counter_.log.write(access);
}

}  // namespace zegel::station
