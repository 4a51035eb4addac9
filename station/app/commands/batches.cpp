#include "drivers/base/counted.h"
#include "station/api/views.h"
#include "station/app/commands/as_client.h"
#include "station/app/commands/decided.h"
#include "station/app/commands/seen_station.h"
#include "station/app/printed.h"
#include "station/app/progress_bar.h"
#include "station/app/sole_use.h"

#include <iostream>
#include <thread>

namespace zegel::station {
namespace {

constexpr std::chrono::milliseconds Look{250};
constexpr std::chrono::seconds UntilTaken{5};

std::string inWords(const BatchEntry& batch, const std::map<OrderState, std::size_t>& counts) {
    const auto states = statesOf(batch, counts);
    std::string words;
    for (const auto& state : states.getNames()) {
        words += (words.empty() ? "" : ", ") + states.getValue<std::string>(state) + " " + state;
    }
    return words;
}

std::size_t countIn(const std::map<OrderState, std::size_t>& counts,
                    std::initializer_list<OrderState> states) {
    std::size_t sum = 0;
    for (const auto state : states) {
        const auto found = counts.find(state);
        if (found != counts.end()) sum += found->second;
    }
    return sum;
}

/// Until no order of the batch waits or is being made. One that is on hold waits for a person, and
/// nobody knows how long.
int follow(SeenStation& station, const BatchEntry& batch) {
    using enum OrderState;
    ProgressBar bar{batch.orders};
    SteadyNews news;
    for (;;) {
        const auto counts = station.ledger.orderCounts(batch.id);
        const auto under = countIn(counts, {Accepted, Queued, InProduction});
        const auto words = inWords(batch, counts);
        bar.show(batch.orders - under, words);
        if (!bar.isSeen() && under > 0) news.tell(batch.id.value() + ": " + words, std::cerr);
        if (under == 0) break;
        if (!stationRunsOn(station.settings.station.ledger)) return Done;  // which is told behind
        std::this_thread::sleep_for(Look);
    }
    const auto made =
        countIn(station.ledger.orderCounts(batch.id), {Produced, Dispatched, Received, Closed});
    return made == batch.orders + batch.refused ? Done : Refused;
}

/// The batch; one that is to be followed may lie in the inbox still.
std::optional<BatchEntry> found(SeenStation& station, const BatchId& id, bool awaited) {
    const auto latest = std::chrono::steady_clock::now() + UntilTaken;
    auto batch = station.ledger.batch(id);
    while (!batch && awaited && stationRunsOn(station.settings.station.ledger) &&
           std::chrono::steady_clock::now() < latest) {
        std::this_thread::sleep_for(Look);
        batch = station.ledger.batch(id);
    }
    return batch;
}

/// What POST /v1/batches says of it.
void tellTaken(const Poco::JSON::Object& batch) {
    const auto refused = batch.optValue<std::size_t>("refused", 0);
    const auto accepted = batch.optValue<std::size_t>("count", 0) - refused;
    std::cout << "batch " << batch.optValue<std::string>("batch", "")
              << (batch.optValue<bool>("known", false) ? " was taken before: " : " is taken: ")
              << counted(accepted, "order") << " accepted";
    if (refused > 0) std::cout << ", " << refused << " refused: zegel exceptions tells why";
    std::cout << '\n';
}

int send(const Arguments& arguments) {
    arguments.expectAtMost(2);
    if (arguments.words().size() != 2) {
        throw Failure{Fault::RequestRefused, "say which file: zegel batch send FILE"};
    }
    if (arguments.has("follow")) {
        throw Failure{Fault::RequestRefused,
                      "a batch that is sent is followed by its id: zegel batch BATCH --follow"};
    }
    return asClient(arguments, [&](ApiClient& station) {
        const auto said = station.postFile("/v1/batches", arguments.words()[1]);
        const int status = tell(said, [&](const Poco::JSON::Object& body) {
            arguments.has("json") ? printJson(body) : tellTaken(body);
        });
        const bool whole = said.isDone() && said.body->optValue<std::size_t>("refused", 0) == 0;
        return whole || status != Done ? status : int{Refused};
    });
}

}  // namespace

int runBatches(const Arguments& arguments) {
    return withStation(arguments, [&](SeenStation& station) {
        const auto batches = station.batches();
        if (arguments.has("json")) {
            auto shown = inOrder();
            shown.set("batches", viewsOf(batches));
            printJson(shown);
            return Done;
        }
        std::vector<std::vector<std::string>> rows{{"BATCH", "ACCEPTED", "ORDERS", "STATES"}};
        for (const auto& batch : batches) {
            rows.push_back({batch.id.value(), toRfc3339(batch.accepted),
                            std::to_string(batch.orders + batch.refused),
                            inWords(batch, station.ledger.orderCounts(batch.id))});
        }
        std::cout << (batches.empty() ? "no batch has been accepted yet\n" : asTable(rows));
        return Done;
    });
}

int runBatch(const Arguments& arguments) {
    if (arguments.words().empty()) {
        throw Failure{Fault::RequestRefused, "say which batch: zegel batch BATCH"};
    }
    const auto& first = arguments.words().front();
    if (first == "send") return send(arguments);
    const bool isAct = first == "hold" || first == "release" || first == "cancel";
    if (isAct && (arguments.has("follow") || arguments.has("json"))) {
        throw Failure{Fault::RequestRefused,
                      "--follow and --json show a batch: zegel batch BATCH --follow"};
    }
    if (isAct) return decideOn(arguments, "batch", "/v1/batches/");
    arguments.expectAtMost(1);
    const BatchId id{first};
    return withStation(arguments, [&](SeenStation& station) -> int {
        const auto batch = found(station, id, arguments.has("follow"));
        if (!batch) {
            return refuse("no batch " + id.value() + " is known; zegel batches lists all that are");
        }
        const int status = arguments.has("follow") ? follow(station, *batch) : int{Done};
        if (arguments.has("json")) {
            printJson(*batchShown(station.ledger, id));
            return status;
        }
        std::cout << "batch " << id.value() << ", accepted " << toRfc3339(batch->accepted) << ": "
                  << counted(batch->orders + batch->refused, "order") << ": "
                  << inWords(*batch, station.ledger.orderCounts(id)) << '\n';
        return status;
    });
}

}  // namespace zegel::station
