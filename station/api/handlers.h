#pragma once

#include "station/api/request.h"
#include "station/api/workplace.h"

#include <Poco/JSON/Object.h>

namespace zegel::station {

/// One a row of the rights table, by its operation (service.cpp).
Answer answerHealth(const Workplace& place, const Request& request);
Answer answerMetrics(const Workplace& place, const Request& request);
Answer answerDescription(const Workplace& place, const Request& request);

Answer answerBatches(const Workplace& place, const Request& request);
Answer answerBatch(const Workplace& place, const Request& request);

/// An answer in JSON.
Answer jsonAnswer(const Poco::JSON::Object& body, int status = 200);

/// openapi.json, as it was when this was built.
extern const char* const OpenApiDocument;

}  // namespace zegel::station
