#include "hwsim/program/bench_words.h"

#include "drivers/base/failure.h"
#include "hwsim/command/options.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace zegel::hwsim {
namespace {

struct Form {
    std::string_view command;
    std::size_t least;  ///< words behind the command
    std::size_t most;
    std::string_view wants;
};

constexpr std::array Forms{
    Form{"list", 0, 0, "no word behind it"},
    Form{"stop", 0, 0, "no word behind it"},
    Form{"insert", 2, 2, "READER CHIP"},
    Form{"pull", 1, 1, "READER"},
    Form{"eject", 1, 1, "READER"},
    Form{"mute", 2, 2, "READER on|off"},
    Form{"load", 3, 4, "READER COUNT MODEL [SERIAL]"},
    Form{"service", 1, 1, "start, stop, kill or pid"},
};

[[noreturn]] void refuse(const std::string& why) {
    throw Failure(Fault::RequestRefused, why);
}

bool isOneOf(const std::string& word, std::initializer_list<std::string_view> choices) {
    return std::ranges::find(choices, word) != choices.end();
}

}  // namespace

void expectBenchWords(const Words& words) {
    if (words.empty()) refuse("nothing was asked");
    const auto& what = words.front();
    const auto* const form = std::ranges::find(Forms, what, &Form::command);
    if (form == Forms.end()) refuse("the bench does not know \"" + what + '"');
    const auto behind = words.size() - 1;
    if (behind < form->least || behind > form->most) {
        refuse(what + " wants " + std::string{form->wants});
    }
    if (what == "mute" && !isOneOf(words[2], {"on", "off"})) {
        refuse("mute wants on or off, not " + words[2]);
    }
    if (what == "service" && !isOneOf(words[1], {"start", "stop", "kill", "pid"})) {
        refuse("service wants start, stop, kill or pid");
    }
    if (what == "load") wholeNumber(words[2], 1, 1000, "the count");
    if (what == "load" && behind == 4) wholeNumber(words[4], 1, 4294967295L, "the serial");
}

}  // namespace zegel::hwsim
