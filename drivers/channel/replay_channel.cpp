#include "drivers/channel/replay_channel.h"

#include "drivers/base/hex.h"

#include <charconv>
#include <fstream>
#include <sstream>

namespace zegel::drivers {
namespace {

constexpr std::string_view Withheld = " bytes withheld]";

std::string withheldForm(const iso7816::CommandApdu& command) {
    const auto [cla, ins, p1, p2] = command.header();
    const Bytes header{cla, ins, p1, p2};
    return toHex(header) + " [" + std::to_string(command.dataSize()) + std::string{Withheld};
}

/// "00200080 08 3132… " written in full, brought to its withheld form; nothing when it is not a
/// command.
std::optional<std::string> withheldForm(const std::string& written) {
    const auto octets = fromHex(written);
    if (!octets) return std::nullopt;
    try {
        return withheldForm(iso7816::CommandApdu::decoded(*octets));
    } catch (const Failure&) {
        return std::nullopt;
    }
}

bool matches(const std::string& written, const iso7816::CommandApdu& command) {
    if (written.ends_with(Withheld)) return written == withheldForm(command);
    if (command.body() == iso7816::CommandApdu::Body::Withheld) {
        return withheldForm(written) == withheldForm(command);
    }
    const auto octets = fromHex(written);
    return octets && command.encoded().disclose(Disclosure::ToTranscript, [&](ByteView sent) {
        return std::equal(sent.begin(), sent.end(), octets->begin(), octets->end());
    });
}

std::optional<iso7816::ResponseApdu> responseOf(std::string_view text) {
    std::size_t withheld = 0;
    if (text.starts_with('[')) {
        const auto end = text.find(Withheld);
        if (end == std::string_view::npos) return std::nullopt;
        const auto [stop, error] = std::from_chars(text.data() + 1, text.data() + end, withheld);
        if (error != std::errc{} || stop != text.data() + end) return std::nullopt;
        if (withheld > iso7816::CommandApdu::AllExtended) return std::nullopt;
        text.remove_prefix(end + Withheld.size());
    }
    auto octets = fromHex(text);
    if (!octets || octets->size() < 2) return std::nullopt;
    const auto sw1 = (*octets)[octets->size() - 2];
    const iso7816::StatusWord status{sw1, octets->back()};
    octets->resize(octets->size() - 2);
    if (withheld > 0) octets->assign(withheld, 0);
    return iso7816::ResponseApdu{std::move(*octets), status};
}

std::optional<Fault> faultNamed(std::string_view name) {
    for (auto value = static_cast<int>(Fault::SettingUnusable);
         value <= static_cast<int>(Fault::Defect); ++value) {
        if (nameOf(static_cast<Fault>(value)) == name) return static_cast<Fault>(value);
    }
    return std::nullopt;
}

}  // namespace

ReplayChannel::ReplayChannel(std::string name, std::string_view transcript)
    : name_(std::move(name)) {
    std::size_t line = 0;
    while (!transcript.empty()) {
        const auto end = transcript.find('\n');
        ++line;
        take(transcript.substr(0, end), line);
        transcript.remove_prefix(end == std::string_view::npos ? transcript.size() : end + 1);
    }
    if (!exchanges_.empty() && !exchanges_.back().complete) {
        throw brokenAt(exchanges_.back().line, "a command without an answer");
    }
}

ReplayChannel ReplayChannel::fromFile(const std::string& path) {
    std::ifstream file{path};
    std::ostringstream content;
    content << file.rdbuf();
    if (!file) throw Failure{Fault::Defect, "cannot read transcript " + path};
    return ReplayChannel{path, content.str()};
}

void ReplayChannel::take(std::string_view text, std::size_t line) {
    const auto begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos || text[begin] == '#') return;
    text = text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
    if (text.size() < 3 || text[1] != ' ') throw brokenAt(line, "neither \">\", \"<\" nor \"!\"");
    const auto rest = text.substr(2);
    const bool open = !exchanges_.empty() && !exchanges_.back().complete;
    if (text[0] == '>') {
        if (open) throw brokenAt(exchanges_.back().line, "a command without an answer");
        exchanges_.push_back({.line = line, .command = std::string{rest}});
        return;
    }
    if (!open) throw brokenAt(line, "an answer without a command");
    auto& exchange = exchanges_.back();
    exchange.complete = true;
    if (text[0] == '!') {
        exchange.fault = faultNamed(rest);
        if (!exchange.fault) throw brokenAt(line, "no such fault");
        return;
    }
    auto response = text[0] == '<' ? responseOf(rest) : std::nullopt;
    if (!response) throw brokenAt(line, "not an answer in hexadecimal");
    exchange.response = std::move(*response);
}

iso7816::ResponseApdu ReplayChannel::transmit(const iso7816::CommandApdu& command) {
    if (finished()) {
        throw Failure{Fault::Defect,
                      name_ + " is at its end and cannot answer " + iso7816::describe(command)};
    }
    auto& exchange = exchanges_[at_];
    if (!matches(exchange.command, command)) {
        throw brokenAt(exchange.line,
                       "expected " + exchange.command + ", got " + iso7816::describe(command));
    }
    ++at_;
    if (exchange.fault) {
        throw Failure{*exchange.fault,
                      name_ + " ends the exchange of line " + std::to_string(exchange.line)};
    }
    return exchange.response;
}

Failure ReplayChannel::brokenAt(std::size_t line, const std::string& why) const {
    return Failure{Fault::Defect, name_ + " line " + std::to_string(line) + ": " + why};
}

}  // namespace zegel::drivers
