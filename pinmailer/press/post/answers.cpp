#include "pinmailer/press/post/answers.h"

#include "drivers/base/failure.h"

#include <nlohmann/json.hpp>

namespace zegel::press {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& what) {
    throw Failure{Fault::StationUnavailable,
                  "the station's answer " + what +
                      ": compare its version with this program's, and its address"};
}

Json read(ByteView octets) {
    auto json = Json::parse(octets.begin(), octets.end(), nullptr, false);
    if (!json.is_object()) refuse("is no JSON object");
    return json;
}

std::string text(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return {};
    if (found->is_number_integer()) return std::to_string(found->get<long long>());
    if (!found->is_string()) refuse(std::string{"holds a "} + name + " that is no text");
    return found->get<std::string>();
}

int numberIn(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number_integer())
        refuse(std::string{"holds a letter without "} + name);
    return found->get<int>();
}

ListedLetter letterOf(const Json& object) {
    if (!object.is_object()) refuse("holds a letter that is no object");
    ListedLetter letter{
        LetterId{text(object, "letter")}, text(object, "state"),       text(object, "template"),
        text(object, "language"),         text(object, "carrier"),     text(object, "changed"),
        text(object, "reason"),           numberIn(object, "edition"), text(object, "noSheet")};
    if (letter.letter.value().empty() || letter.state.empty())
        refuse("holds a letter without id or state");
    return letter;
}

}  // namespace

LettersPage lettersPageIn(ByteView json) {
    const auto page = read(json);
    const auto letters = page.find("letters");
    if (letters == page.end() || !letters->is_array()) refuse("is no list of letters");
    LettersPage read;
    for (const auto& letter : *letters)
        read.letters.push_back(letterOf(letter));
    if (auto next = text(page, "next"); !next.empty()) read.next = std::move(next);
    return read;
}

ListedLetter letterIn(ByteView json) {
    return letterOf(read(json));
}

std::string noSheetIn(ByteView json) {
    return text(read(json), "noSheet");
}

std::string problemIn(ByteView json) {
    const auto problem = Json::parse(json.begin(), json.end(), nullptr, false);
    if (!problem.is_object()) return {};
    const auto detail = problem.value("detail", Json{});
    const auto request = problem.value("request", Json{});
    if (!detail.is_string()) return {};
    return detail.get<std::string>() +
           (request.is_string() ? " (request " + request.get<std::string>() + ")" : "");
}

Bytes objectOf(const std::vector<std::pair<std::string, std::string>>& fields) {
    auto object = Json::object();
    for (const auto& [name, value] : fields)
        object[name] = value;
    return bytesOf(object.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace zegel::press
