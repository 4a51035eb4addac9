#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <streambuf>
#include <string>

namespace zegel::station {

/// Stands between a file and a JSON parser: counts lines, ends the stream at a limit, and finds
/// what the parser would swallow: it cuts member names at an escaped NUL. It lies open in blocks,
/// because a parser asks for every octet by itself and a batch has seventy million.
class JsonSource final : public std::streambuf {
public:
    JsonSource(std::streambuf& from, std::size_t octets, std::size_t elementOctets)
        : from_(from), octets_(octets), elementOctets_(elementOctets) {}

    /// Of the next octet; counted when it is asked for.
    std::size_t line() const noexcept;
    /// The next element starts here.
    void startElement() noexcept;
    /// Why the stream was ended before its time.
    const std::optional<std::string>& objection() const noexcept { return objection_; }

protected:
    int_type underflow() override;

private:
    bool fill();
    void lookForNul();
    bool seenAnEscapedNul(char character);
    void openUpToLimits() noexcept;
    std::size_t given() const noexcept;
    std::string objectionHere() const;

    std::streambuf& from_;
    std::size_t octets_;
    std::size_t elementOctets_;
    std::array<char, (std::size_t{32} << 10U) + 1> block_{};  ///< the first to be put back
    char* end_ = nullptr;      ///< of what the block holds, or before what must not be read
    std::size_t before_ = 0;   ///< octets of the blocks before this one
    std::size_t element_ = 0;  ///< where it starts, in octets
    mutable const char* counted_ = nullptr;  ///< up to here `line_` is right
    mutable std::size_t line_ = 1;
    std::string escape_;  ///< of an escape sequence, what was seen of it
    bool holdsNul_ = false;
    std::optional<std::string> objection_;
};

}  // namespace zegel::station
