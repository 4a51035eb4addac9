#pragma once

namespace zegel {

/// Where in the source something was said. std::source_location is missing in clang 14 on
/// libstdc++ 12, and our linter and fuzzers are clang 14.
struct Origin {
    const char* file;
    int line;

    static constexpr Origin here(const char* file = __builtin_FILE(),
                                 int line = __builtin_LINE()) noexcept {
        return {file, line};
    }
};

}  // namespace zegel
