#include "station/app/commands/command.h"

#include <iostream>

// What a shell offers behind `zegel`, made of the table of commands. Everything else is the shell's
// own: names of files, for one.

namespace zegel::station {
namespace {

/// Between single quotes, for any of the shells.
std::string quoted(std::string_view text) {
    std::string quoted{'\''};
    for (const auto c : text)
        quoted += c == '\'' ? std::string{R"('\'')"} : std::string{c};
    return quoted + '\'';
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

std::vector<std::string> names() {
    std::vector<std::string> list;
    for (const auto& command : commands())
        list.emplace_back(command.name);
    list.emplace_back("help");
    return list;
}

/// With a value behind them.
std::vector<std::string> optionsOf(const Command& command) {
    std::vector<std::string> list{"--settings"};
    for (const auto& option : command.options)
        list.push_back("--" + option);
    return list;
}

std::vector<std::string> flagsOf(const Command& command) {
    std::vector<std::string> list{"--help"};
    for (const auto& flag : command.flags)
        list.push_back("--" + flag);
    return list;
}

std::vector<std::string> actsOf(const Command& command) {
    return {command.acts.begin(), command.acts.end()};
}

// Source: bash(1), Programmable Completion. What is offered nothing for, `-o default` completes
// with names of files.
void tellBash(std::ostream& out) {
    out << "_zegel() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    local acts= options= flags=\n"
           "    COMPREPLY=()\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
           "        COMPREPLY=($(compgen -W "
        << quoted(joined(names()) + " --help --version")
        << " -- \"$word\"))\n        return\n    fi\n"
        << "    case ${COMP_WORDS[1]} in\n";
    for (const auto& command : commands()) {
        out << "        " << command.name << ") acts=" << quoted(joined(actsOf(command)))
            << " options=" << quoted(joined(optionsOf(command)))
            << " flags=" << quoted(joined(flagsOf(command))) << " ;;\n";
    }
    out << "        help) acts=" << quoted(joined(names())) << " ;;\n"
        << "    esac\n"
           "    case \" $options \" in *\" $before \"*) return ;; esac\n"
           "    case $word in\n"
           "        -*) COMPREPLY=($(compgen -W \"$options $flags\" -- \"$word\")) ;;\n"
           "        *) [ \"$COMP_CWORD\" -ne 2 ] || COMPREPLY=($(compgen -W \"$acts\" -- "
           "\"$word\")) ;;\n"
           "    esac\n"
           "}\n"
           "complete -o default -F _zegel zegel\n";
}

// Source: zshcompsys(1), _describe and _arguments.
void tellZsh(std::ostream& out) {
    out << "#compdef zegel\n_zegel() {\n    local -a commands\n    commands=(\n";
    for (const auto& command : commands()) {
        out << "        " << quoted(std::string{command.name} + ":" + std::string{command.summary})
            << '\n';
    }
    out << "        'help:tells of a command'\n    )\n"
           "    if (( CURRENT == 2 )); then\n"
           "        _describe command commands\n        return\n    fi\n"
           "    case $words[2] in\n";
    for (const auto& command : commands()) {
        out << "        " << command.name << ") _arguments";
        for (const auto& flag : flagsOf(command))
            out << ' ' << flag;
        for (const auto& option : optionsOf(command))
            out << ' ' << quoted(option + ":value:_files");
        if (!command.acts.empty()) {
            out << ' '
                << quoted("2:" + std::string{command.actIs} + ":(" + joined(actsOf(command)) + ")");
        }
        out << " '*:word:_files' ;;\n";
    }
    out << "        help) _describe command commands ;;\n"
           "    esac\n}\ncompdef _zegel zegel\n";
}

// Source: fishshell.com/docs, complete.
void tellFish(std::ostream& out) {
    const std::string first = "complete -c zegel -n __fish_use_subcommand -f -a ";
    for (const auto& command : commands()) {
        const auto name = std::string{command.name};
        out << first << name << " -d " << quoted(command.summary) << '\n';
        const auto behind = "complete -c zegel -n " + quoted("__fish_seen_subcommand_from " + name);
        if (!command.acts.empty())
            out << behind << " -a " << quoted(joined(actsOf(command))) << '\n';
        for (const auto& flag : flagsOf(command))
            out << behind << " -l " << flag.substr(2) << '\n';
        for (const auto& option : optionsOf(command))
            out << behind << " -r -l " << option.substr(2) << '\n';
    }
    out << first << "help -d 'tells of a command'\n";
}

}  // namespace

int runCompletion(const Arguments& arguments) {
    const auto& shell = arguments.words().front();
    if (shell == "bash") tellBash(std::cout);
    if (shell == "zsh") tellZsh(std::cout);
    if (shell == "fish") tellFish(std::cout);
    return Done;
}

}  // namespace zegel::station
