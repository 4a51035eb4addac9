#include "station/orders/json_source.h"

#include <algorithm>
#include <string_view>

namespace zegel::station {
namespace {

std::string sizeOf(std::size_t octets) {
    constexpr std::size_t Kibi = 1024;
    if (octets >= Kibi * Kibi) return std::to_string(octets / Kibi / Kibi) + " MiB";
    if (octets >= Kibi) return std::to_string(octets / Kibi) + " KiB";
    return std::to_string(octets) + " octets";
}

std::size_t endsOfLinesIn(std::string_view text) {
    std::size_t count = 0;
    for (auto at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1))
        ++count;
    return count;
}

}  // namespace

std::size_t JsonSource::line() const noexcept {
    const char* const here = gptr();
    if (here > counted_) {
        line_ += endsOfLinesIn({counted_, here});
    } else if (here < counted_) {
        line_ -= endsOfLinesIn({here, counted_});
    }
    counted_ = here;
    return line_;
}

std::size_t JsonSource::given() const noexcept {
    return gptr() == nullptr ? 0 : before_ + static_cast<std::size_t>(gptr() - (block_.data() + 1));
}

void JsonSource::startElement() noexcept {
    element_ = given();
    openUpToLimits();
}

JsonSource::int_type JsonSource::underflow() {
    if (gptr() < egptr()) return traits_type::to_int_type(*gptr());
    if (objection_) return traits_type::eof();
    if (gptr() == end_ && !holdsNul_ && !fill()) return traits_type::eof();
    openUpToLimits();
    if (gptr() < egptr()) return traits_type::to_int_type(*gptr());
    objection_ = objectionHere();
    return traits_type::eof();
}

bool JsonSource::fill() {
    (void)line();
    const std::size_t filled = given();
    const bool hasLast = gptr() != nullptr;
    if (hasLast) block_[0] = *(gptr() - 1);
    char* const begin = block_.data() + 1;
    const auto got = from_.sgetn(begin, static_cast<std::streamsize>(block_.size() - 1));
    if (got <= 0) return false;
    before_ = filled;
    counted_ = begin;
    end_ = begin + got;
    setg(hasLast ? block_.data() : begin, begin, begin);
    lookForNul();
    return true;
}

void JsonSource::lookForNul() {
    const std::string_view held{gptr(), end_};
    for (std::size_t at = 0; at < held.size(); ++at) {
        if (escape_.empty()) at = held.find('\\', at);
        if (at == held.npos) return;
        if (!seenAnEscapedNul(held[at])) continue;
        holdsNul_ = true;
        end_ = gptr() + at;
        return;
    }
}

bool JsonSource::seenAnEscapedNul(char character) {
    constexpr std::string_view Nul = "\\u0000";
    escape_ += character;
    if (escape_ == Nul) return true;
    // A backslash behind a backslash starts nothing.
    if (!Nul.starts_with(escape_)) escape_.clear();
    return false;
}

/// What is open to be read ends at the end of the block, or where the text or the element becomes
/// too large.
void JsonSource::openUpToLimits() noexcept {
    const auto left = std::min(octets_, element_ + elementOctets_) - given();
    const auto held = static_cast<std::size_t>(end_ - gptr());
    setg(eback(), gptr(), gptr() + std::min(left, held));
}

std::string JsonSource::objectionHere() const {
    if (given() == octets_) return "is larger than " + sizeOf(octets_) + "; split it into several";
    if (given() - element_ == elementOctets_) {
        return "one element is larger than " + sizeOf(elementOctets_) +
               "; no order is, correct the order system";
    }
    return "holds the character U+0000; remove it";
}

}  // namespace zegel::station
