#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/clock.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::seal {

/// The text of what the station signs for people's paper: a heading, then "name: value" a line in
/// a fixed order. One spelling for everything: what is read is what would be written.

inline constexpr std::size_t LongestWord = 64;
inline constexpr std::size_t LongestLine = 256;

/// What keeps a text from being a word of letters, digits and hyphens, fit to be a file's name:
/// "is empty"; empty when nothing does.
std::string faultOfWord(std::string_view word);
/// Three to six lines that can be printed.
std::string faultOfAddress(const std::vector<std::string>& lines);
std::string faultOfCarrier(std::string_view carrier);

std::string toBase64(ByteView octets);

class LineWriter {
public:
    explicit LineWriter(std::string_view heading) { text_.append(heading) += '\n'; }

    void say(std::string_view name, std::string_view value) {
        text_.append(name).append(": ").append(value) += '\n';
    }
    void sayIfAny(std::string_view name, std::string_view value) {
        if (!value.empty()) say(name, value);
    }
    Bytes octets() const { return bytesOf(text_); }

private:
    std::string text_;
};

/// Takes the lines in the order in which they are asked for. Errors of every call: SealBroken
/// naming the line and the field that is missing or wrong.
class LineReader {
public:
    /// `paper`: what it is, in messages: "letter".
    LineReader(ByteView text, std::string_view paper)
        : rest_(reinterpret_cast<const char*>(text.data()), text.size()), paper_(paper) {}

    void takeHeading(std::string_view heading);
    std::string take(std::string_view name);
    std::optional<std::string> takeIf(std::string_view name);
    int takeNumber(std::string_view name);
    std::optional<int> takeNumberIf(std::string_view name);
    TimePoint takeTime(std::string_view name);
    Bytes takeOctets(std::string_view name);  ///< in base64
    void expectEnd() const;

private:
    std::string_view takeLine();
    [[noreturn]] void fail(const std::string& what) const;
    [[noreturn]] void failBefore(const std::string& what) const;

    std::string_view rest_;
    std::string_view paper_;
    int line_ = 1;
};

}  // namespace zegel::seal
