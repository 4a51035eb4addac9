#include "station/api/handlers.h"
#include "station/api/views.h"

namespace zegel::station {
namespace {

constexpr const char* OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

}  // namespace

Answer answerMetrics(const Workplace& place, const Request& request) {
    const Query query{request.query, {}};
    if (!query.objection().empty()) return problem(400, query.objection(), request.id);
    Answer answer;
    answer.type = OpenMetrics;
    answer.body = "# EOF\n";
    (void)place;
    return answer;
}

}  // namespace zegel::station
