#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace zegel::press {

/// Errors: RequestRefused, always: the program was used wrongly.
[[noreturn]] void misuse(const std::string& why);

/// "--name value" pairs, words without a name, and the options that stand alone.
/// Errors of every call: RequestRefused naming what is missing, twice there or not expected.
class Arguments {
public:
    explicit Arguments(std::span<char*> words);

    std::optional<std::string> take(const std::string& name);
    std::string need(const std::string& name);
    std::string needPlain(const char* what);
    bool hasPlain() const noexcept { return !plain_.empty(); }
    /// "20,45": two numbers of millimetres.
    std::optional<std::array<double, 2>> takePlace(const std::string& name);
    void expectNoMore() const;

private:
    std::map<std::string, std::string> named_;
    std::vector<std::string> plain_;
};

}  // namespace zegel::press
