#include "station/orders/json_source.h"

#include <string_view>

namespace zegel::station {
namespace {

std::string sizeOf(std::size_t octets) {
    constexpr std::size_t Kibi = 1024;
    if (octets >= Kibi * Kibi) return std::to_string(octets / Kibi / Kibi) + " MiB";
    if (octets >= Kibi) return std::to_string(octets / Kibi) + " KiB";
    return std::to_string(octets) + " octets";
}

}  // namespace

JsonSource::int_type JsonSource::underflow() {
    if (objection_) return traits_type::eof();
    return from_.sgetc();
}

JsonSource::int_type JsonSource::uflow() {
    if (objection_) return traits_type::eof();
    const int_type next = from_.sbumpc();
    if (traits_type::eq_int_type(next, traits_type::eof())) return next;
    ++total_;
    ++element_;
    const char character = traits_type::to_char_type(next);
    if (character == '\n') ++line_;
    watch(character);
    if (total_ > octets_) {
        objection_ = "is larger than " + sizeOf(octets_) + "; split it into several";
    } else if (element_ > elementOctets_) {
        objection_ = "one element is larger than " + sizeOf(elementOctets_) +
                     "; no order is, correct the order system";
    }
    return objection_ ? traits_type::eof() : next;
}

JsonSource::int_type JsonSource::pbackfail(int_type /*character*/) {
    const int_type back = from_.sungetc();
    if (traits_type::eq_int_type(back, traits_type::eof())) return back;
    --total_;
    if (element_ > 0) --element_;
    if (traits_type::to_char_type(back) == '\n') --line_;
    return back;
}

void JsonSource::watch(char character) {
    constexpr std::string_view Nul = "\\u0000";
    if (escape_.empty() && character != '\\') return;
    escape_ += character;
    if (escape_ == Nul) objection_ = "holds the character U+0000; remove it";
    // A backslash behind a backslash starts nothing.
    if (Nul.substr(0, escape_.size()) != escape_ || escape_ == Nul) escape_.clear();
}

}  // namespace zegel::station
