#pragma once

#include <cctype>
#include <string>
#include <string_view>

namespace zegel::tests {

/// Words as the name of a test over values may have them: letters, digits and underscores.
/// "5.7-extended" becomes "5_7_extended".
inline std::string testName(std::string_view words) {
    std::string name{words};
    for (auto& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return name;
}

/// For INSTANTIATE_TEST_SUITE_P over text: each test is called after its value.
inline constexpr auto ByText = [](const auto& given) { return testName(given.param); };

/// Over pairs of texts.
inline constexpr auto ByBothTexts = [](const auto& given) {
    return testName(given.param.first) + "_" + testName(given.param.second);
};

}  // namespace zegel::tests
