#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace zegel::testing {

/// Has JSON files judged by a schema with python3-jsonschema, which shares no code with us: one
/// verdict a file, "valid" or "invalid: <why>". `schema` is relative to the source tree.
inline std::vector<std::string> judgedBySchema(const std::string& schema,
                                               const std::vector<std::string>& files) {
    const std::string root = ZEGEL_SOURCE_DIR;
    std::string command =
        "python3 '" + root + "/tests/judges/json_schema.py' '" + root + "/" + schema + "'";
    for (const auto& file : files)
        command += " '" + file + "'";
    const auto closed = [](FILE* pipe) { EXPECT_EQ(pclose(pipe), 0); };
    const std::unique_ptr<FILE, decltype(closed)> pipe(popen(command.c_str(), "r"), closed);
    std::string said;
    std::array<char, 4096> part{};
    while (const std::size_t got = std::fread(part.data(), 1, part.size(), pipe.get())) {
        said.append(part.data(), got);
    }
    std::vector<std::string> verdicts;
    std::istringstream lines(said);
    for (std::string line; std::getline(lines, line);)
        verdicts.push_back(line);
    return verdicts;
}

}  // namespace zegel::testing
