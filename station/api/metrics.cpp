#include "station/api/handlers.h"

#include <map>

namespace zegel::station {
namespace {

constexpr const char* OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

using Samples = std::map<std::string, std::size_t>;

/// Source: OpenMetrics 1.0, "Escaping".
std::string escaped(const std::string& label) {
    std::string text;
    for (const auto c : label) {
        if (c == '\\' || c == '"') text += '\\';
        text += c;
    }
    return text;
}

/// One family; its samples by the value of its one label, or a single one without.
class Exposition {
public:
    void family(const std::string& name, const char* type, const char* help) {
        name_ = name;
        suffix_ = std::string_view{type} == "counter" ? "_total" : "";
        text_ += "# TYPE " + name + " " + type + "\n# HELP " + name + " " + help + "\n";
    }
    void sample(std::size_t value) {
        text_ += name_ + suffix_ + " " + std::to_string(value) + "\n";
    }
    void samples(const char* label, const Samples& samples) {
        for (const auto& [value, count] : samples) {
            text_ += name_ + suffix_ + "{" + label + "=\"" + escaped(value) + "\"} " +
                     std::to_string(count) + "\n";
        }
    }
    std::string whole() && { return std::move(text_) + "# EOF\n"; }

private:
    std::string name_;
    std::string suffix_;
    std::string text_;
};

void tellReaders(Exposition& told, const StatusBoard& board) {
    Samples states;
    Samples made;
    Samples spoiled;
    for (const auto& reader : board.all()) {
        ++states[std::string{nameOf(reader.state)}];
        made[reader.reader.value()] = static_cast<std::size_t>(reader.made);
        spoiled[reader.reader.value()] = static_cast<std::size_t>(reader.spoiled);
    }
    told.family("zegel_readers", "gauge", "Readers by what they are doing.");
    told.samples("state", states);
    told.family("zegel_cards_made", "counter", "Cards proved since the station started.");
    told.samples("reader", made);
    told.family("zegel_cards_spoiled", "counter", "Cards spoiled since the station started.");
    told.samples("reader", spoiled);
}

void tellKeys(Exposition& told, const KeysOfOurs& keys) {
    told.family("zegel_keys_ready", "gauge", "Keys made by the station, ahead of their cards.");
    told.sample(keys.ready);
    told.family(
        "zegel_keys_given", "counter",
        "Such keys given to cards since the station started; on-the-spot: the card waited.");
    told.samples("made", {{"ahead", keys.givenAhead}, {"on-the-spot", keys.givenOnTheSpot}});
}

}  // namespace

Answer answerMetrics(const Workplace& place, const Request& /*request*/) {
    const auto counts = place.ledger.stateCounts();
    Samples matters;
    for (const auto& matter : place.openMatters())
        ++matters[std::string{nameOf(matter.kind)}];
    Exposition told;
    told.family("zegel_batches", "gauge", "Batches in the ledger.");
    told.sample(counts.batches);
    told.family("zegel_orders", "gauge", "Orders in the ledger by state.");
    told.samples("state", counts.orders);
    told.family("zegel_cards", "gauge", "Chips in the ledger by state.");
    told.samples("state", counts.cards);
    told.family("zegel_letters", "gauge", "Letters in the ledger by state.");
    told.samples("state", counts.letters);
    told.family("zegel_certificates", "gauge", "Certificates in the ledger by state.");
    told.samples("state", counts.certificates);
    told.family("zegel_open_matters", "gauge", "Certificates that the CA has to be asked about.");
    told.samples("kind", matters);
    told.family("zegel_events", "counter", "Changes of state.");
    told.sample(static_cast<std::size_t>(place.ledger.lastEvent()));
    told.family("zegel_events_undelivered", "gauge", "Events the order system has not taken.");
    told.sample(place.ledger.eventBacklog().count);
    told.family("zegel_authority_waited_for", "gauge", "1 while the CA is waited for.");
    told.sample(place.wellbeing().isAuthorityWaitedFor ? 1 : 0);
    tellReaders(told, place.board);
    tellKeys(told, place.keysOfOurs());
    Answer answer;
    answer.type = OpenMetrics;
    answer.body = std::move(told).whole();
    return answer;
}

}  // namespace zegel::station
