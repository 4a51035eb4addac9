#pragma once

#include <Poco/JSON/Object.h>

namespace zegel::station {

/// What was asked and waits for a second person, and how that one answers.
void tellAsked(const Poco::JSON::Object& approval);

}  // namespace zegel::station
