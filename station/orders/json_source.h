#pragma once

#include <cstddef>
#include <optional>
#include <streambuf>
#include <string>

namespace zegel::station {

/// Stands between a file and a JSON parser: counts lines, ends the stream at a limit, and finds
/// what the parser would swallow: it cuts member names at an escaped NUL.
class JsonSource final : public std::streambuf {
public:
    JsonSource(std::streambuf& from, std::size_t octets, std::size_t elementOctets)
        : from_(from), octets_(octets), elementOctets_(elementOctets) {}

    std::size_t line() const noexcept { return line_; }
    /// The next element starts here.
    void startElement() noexcept { element_ = 0; }
    /// Why the stream was ended before its time.
    const std::optional<std::string>& objection() const noexcept { return objection_; }

protected:
    int_type underflow() override;
    int_type uflow() override;
    int_type pbackfail(int_type character) override;

private:
    void watch(char character);

    std::streambuf& from_;
    std::size_t octets_;
    std::size_t elementOctets_;
    std::size_t total_ = 0;
    std::size_t element_ = 0;
    std::size_t line_ = 1;
    std::string escape_;  ///< of an escape sequence, what was seen of it
    std::optional<std::string> objection_;
};

}  // namespace zegel::station
