#include "tests/house/secrets.h"

#include "drivers/base/durable_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace zegel::tests {

void Secrets::add(Bytes secret) {
    const Head head = headOf(secret.data());
    secrets_.emplace(head, std::move(secret));
}

void Secrets::expectNowhereIn(const std::filesystem::path& folder) const {
    for (const auto& file : std::filesystem::recursive_directory_iterator{folder}) {
        if (!file.is_regular_file()) continue;
        EXPECT_FALSE(standIn(readFile(file))) << "truth 4: " << file;
    }
}

bool Secrets::standIn(const Bytes& content) const {
    for (std::size_t at = 0; at + sizeof(Head) <= content.size(); ++at) {
        const auto [first, last] = secrets_.equal_range(headOf(&content[at]));
        for (auto found = first; found != last; ++found) {
            if (standsAt(content, at, found->second)) return true;
        }
    }
    return false;
}

Secrets::Head Secrets::headOf(const std::uint8_t* from) {
    Head head{};
    std::copy_n(from, head.size(), head.begin());
    return head;
}

bool Secrets::standsAt(const Bytes& content, std::size_t at, const Bytes& secret) {
    const auto left = ByteView{content}.subspan(at);
    if (left.size() < secret.size() || !std::ranges::equal(left.first(secret.size()), secret))
        return false;
    if (std::ranges::any_of(secret, [](int c) { return !std::isdigit(c); })) return true;
    const bool before = at > 0 && std::isxdigit(content[at - 1]) != 0;
    const bool after = left.size() > secret.size() && std::isxdigit(left[secret.size()]) != 0;
    return !before && !after;
}

}  // namespace zegel::tests
