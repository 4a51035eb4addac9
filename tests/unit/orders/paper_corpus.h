#pragma once

#include <functional>
#include <istream>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace zegel::station::testing {

/// What one kind of paper looks like, good and bad.
struct Paper {
    struct Bad {
        std::string content;
        std::string complaint;  ///< what the message has to say
    };

    std::string kind;    ///< the field of its own id
    std::string id;      ///< of the good ones
    std::string schema;  ///< relative to the source tree
    std::function<void(std::istream&, const std::string& source)> read;
    std::function<void(const std::string& path)> readFile;
    std::vector<std::string> good;
    std::vector<Bad> bad;              ///< the schema refuses them too
    std::vector<Bad> onlyForReader{};  ///< the schema cannot know
};

inline std::ostream& operator<<(std::ostream& out, const Paper& paper) {
    return out << paper.schema;
}

/// Each beside the tests of what only its kind has.
Paper orderDecisions();
Paper readerDecisions();
Paper doubtVerdicts();
Paper receipts();

inline std::string replaced(std::string content, const std::string& from, const std::string& to) {
    return content.replace(content.find(from), from.size(), to);
}

}  // namespace zegel::station::testing
