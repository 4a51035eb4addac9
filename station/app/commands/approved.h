#pragma once

#include <Poco/JSON/Object.h>

#include <string>

namespace zegel::station {

/// When nobody can answer it any more; empty where it waits however long.
std::string expiryOf(const Poco::JSON::Object& approval);

/// What was asked and waits for a second person, and how that one answers.
void tellAsked(const Poco::JSON::Object& approval);

}  // namespace zegel::station
