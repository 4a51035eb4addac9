#include "station/api/handlers.h"
#include "station/api/views.h"
#include "station/report/cloud_event.h"

#include <charconv>
#include <thread>

namespace zegel::station {
namespace {

constexpr std::size_t AtOnce = 500;
constexpr std::chrono::milliseconds Look{200};
constexpr int LooksBetweenBeats = 50;  // what passes a connection now and then shows that it lives

EventSource sourceOf(const Workplace& place) {
    return {place.ledger.instance(), place.station};
}

/// Writes what happened since `after` and what happens from now on (HTML, server-sent events).
class Follower {
public:
    Follower(const Workplace& place, std::int64_t after)
        : place_(place), source_(sourceOf(place)), after_(after) {}

    void follow(std::ostream& out, const std::function<bool()>& stopping) {
        out << "retry: 1000\n\n" << std::flush;
        for (int quiet = 0; out.good() && !stopping();) {
            const auto events = place_.ledger.events(after_, AtOnce);
            for (const auto& event : events) {
                out << "id: " << event.sequence << "\ndata: " << cloudEventJson(source_, event)
                    << "\n\n";
                after_ = event.sequence;
            }
            if (!events.empty()) {
                out << std::flush;
                quiet = 0;
                continue;
            }
            if (++quiet % LooksBetweenBeats == 0) out << ":\n\n" << std::flush;
            std::this_thread::sleep_for(Look);
        }
    }

private:
    const Workplace& place_;
    EventSource source_;
    std::int64_t after_;
};

}  // namespace

Answer answerEvents(const Workplace& place, const Request& request) {
    Query query{request.query, {"after", "limit"}};
    auto last = query.after();
    const auto limit = query.limit();
    if (!query.objection().empty()) return problem(400, query.objection(), request.id);
    const auto source = sourceOf(place);
    std::string list;
    for (const auto& event : place.ledger.events(last, limit)) {
        list += (list.empty() ? "" : ",") + cloudEventJson(source, event);
        last = event.sequence;
    }
    Answer answer;
    answer.body = "{\"events\":[" + list + "],\"next\":" + std::to_string(last) + "}\n";
    return answer;
}

Answer answerEventStream(const Workplace& place, const Request& request) {
    Query query{request.query, {"after"}};
    const bool fromNow = !query.text("after") && request.lastEventId.empty();
    auto after = query.after();
    if (!request.lastEventId.empty()) {
        const auto& said = request.lastEventId;
        const auto [stopped, wrong] =
            std::from_chars(said.data(), said.data() + said.size(), after);
        if (wrong != std::errc{} || stopped != said.data() + said.size() || after < 0) {
            return problem(400, "Last-Event-ID is not the id of an event of this stream",
                           request.id);
        }
    }
    if (!query.objection().empty()) return problem(400, query.objection(), request.id);
    if (fromNow) after = place.ledger.lastEvent();
    Answer answer;
    answer.type = "text/event-stream";
    answer.stream = [&place, after](std::ostream& out, const std::function<bool()>& stopping) {
        try {
            Follower{place, after}.follow(out, stopping);
        } catch (const Failure& failure) {
            if (failure.fault() == Fault::LedgerUnwritable) place.stopStation(failure);
        }
    };
    return answer;
}

Answer answerAudit(const Workplace& place, const Request& request) {
    Query query{request.query, {"after", "limit"}};
    const auto after = query.after();
    const auto limit = query.limit();
    if (!query.objection().empty()) return problem(400, query.objection(), request.id);
    const auto records = place.ledger.auditAfter(after, limit);
    auto body = inOrder();
    body.set("records", viewsOf(records));
    if (records.size() == limit)
        body.set("next", static_cast<Poco::Int64>(records.back().sequence));
    return jsonAnswer(body);
}

}  // namespace zegel::station
