#pragma once

#include <cstddef>
#include <functional>
#include <istream>
#include <string>
#include <vector>

namespace zegel::station {

struct JsonMember;

/// One value of a JSON text with the line it starts on. Members keep their order and their
/// repeats: that a name stands twice is for the reader of the fields to refuse.
struct JsonNode {
    enum class Kind { Null, Flag, Number, Text, List, Object };

    Kind kind = Kind::Null;
    std::size_t line = 0;  ///< from 1
    std::string text;      ///< UTF-8, of a text
    double number = 0;     ///< of a number
    bool flag = false;     ///< of a flag
    std::vector<JsonNode> items;
    std::vector<JsonMember> members;
};

struct JsonMember {
    std::string name;
    std::size_t line = 0;
    JsonNode value;
};

struct JsonLimits {
    std::size_t octets = 0;         ///< of the whole text
    std::size_t elementOctets = 0;  ///< between one element of the streamed list and the next
};

/// Reads one JSON text (RFC 8259, UTF-8 without a byte order mark) as a stream. The elements of
/// the top level's list `streamed` go to `each` one by one and are not kept, so memory holds one
/// of them at a time; everything else is returned.
/// `name` stands in front of messages: a file's name.
/// Errors: OrderUnusable naming the line, when it is no JSON, not UTF-8, or over a limit.
JsonNode readJson(std::istream& in, const std::string& name, const JsonLimits& limits,
                  const std::string& streamed = {},
                  const std::function<void(JsonNode&&)>& each = {});

/// "a list", "text": for messages.
std::string_view nameOf(JsonNode::Kind kind) noexcept;

}  // namespace zegel::station
