#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::press {

/// One line of the journal: words with a space between, of which the last may hold spaces itself,
/// and behind them " #" and eight digits of the words' SHA-256, so that a line that was cut or
/// mixed is known as such. Control characters become spaces.
std::string journalLine(const std::vector<std::string>& words);

/// The words before the checksum, at most `most` of them: the last takes the rest. Nothing when
/// the checksum does not hold.
std::optional<std::vector<std::string>> wordsOfLine(std::string_view line, std::size_t most);

}  // namespace zegel::press
