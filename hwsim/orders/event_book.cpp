#include "hwsim/orders/event_book.h"

#include "drivers/base/failure.h"

#include <Poco/Exception.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

namespace zegel::hwsim {
namespace {

std::string required(const Poco::JSON::Object& json, const std::string& key) {
    const auto value = json.get(key);
    if (value.isString() && !value.extract<std::string>().empty()) {
        return value.extract<std::string>();
    }
    throw Poco::DataFormatException{"the event has no " + key};
}

}  // namespace

ReceivedEvent receivedEventFrom(const std::string& body) {
    if (body.find('\n') != std::string::npos) {
        throw Poco::DataFormatException{"an event is kept as one line"};
    }
    const auto json = Poco::JSON::Parser{}.parse(body).extract<Poco::JSON::Object::Ptr>();
    if (required(*json, "specversion") != "1.0") {
        throw Poco::DataFormatException{"the event is not of CloudEvents 1.0"};
    }
    const auto content = json->getObject("data");
    if (!content) throw Poco::DataFormatException{"the event has no data"};
    required(*json, "time");
    return {required(*json, "id"),
            required(*json, "source"),
            required(*json, "type"),
            required(*json, "subject"),
            required(*json, "sequence"),
            content->optValue<std::string>("order", ""),
            content->optValue<std::string>("before", ""),
            required(*content, "after"),
            body};
}

EventBook::EventBook(const std::filesystem::path& file) {
    read(file);
    out_.open(file, std::ios::app | std::ios::binary);
    if (!out_) throw Failure{Fault::SettingUnusable, "cannot write " + file.string()};
}

/// A line cut short was never answered: it goes.
void EventBook::read(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::uintmax_t whole = 0;
    for (std::string line; std::getline(in, line) && !in.eof();) {
        const auto event = receivedEventFrom(line);
        judge(event);
        apply(event);
        whole += line.size() + 1;
    }
    if (std::filesystem::exists(file)) std::filesystem::resize_file(file, whole);
}

void EventBook::apply(const ReceivedEvent& event) {
    places_[event.id] = events_.size();
    latestOfSubject_[event.subject] = event.sequence;
    if (!event.order.empty()) latestOfOrder_[event.order] = event.sequence;
    if (event.type == "zegel.ledger.restored") states_.clear();  // a backup knows older states
    // An order that is refused because another batch has it says nothing of the one that is made.
    if (event.after != "refused") states_[event.subject] = event.after;
    events_.push_back(event);
}

void EventBook::judge(const ReceivedEvent& event) {
    const auto below = [&](const std::map<std::string, std::string>& latest,
                           const std::string& whom) {
        const auto last = latest.find(whom);
        return last != latest.end() && event.sequence <= last->second;
    };
    if (below(latestOfSubject_, event.subject)) {
        complaints_.push_back(event.id + " goes back in " + event.subject);
    }
    if (below(latestOfOrder_, event.order)) {
        complaints_.push_back(event.id + " goes back in order " + event.order);
    }
    const auto state = states_.find(event.subject);
    if (state != states_.end() && !event.before.empty() && state->second != event.before) {
        complaints_.push_back(event.id + ": " + event.subject + " was " + state->second + ", not " +
                              event.before);
    }
}

void EventBook::take(const ReceivedEvent& event) {
    const std::lock_guard lock{mutex_};
    if (const auto known = places_.find(event.id); known != places_.end()) {
        ++repeats_;
        if (events_[known->second].body != event.body) {
            complaints_.push_back(event.id + " came again with other content");
        }
        return;
    }
    judge(event);
    out_ << event.body + '\n' << std::flush;
    if (!out_) throw Failure{Fault::SettingUnusable, "cannot keep an event: the disk is full"};
    apply(event);
}

void EventBook::complain(const std::string& what) {
    const std::lock_guard lock{mutex_};
    complaints_.push_back(what);
}

std::vector<ReceivedEvent> EventBook::all() const {
    const std::lock_guard lock{mutex_};
    return events_;
}

std::vector<std::string> EventBook::complaints() const {
    const std::lock_guard lock{mutex_};
    return complaints_;
}

std::size_t EventBook::repeats() const {
    const std::lock_guard lock{mutex_};
    return repeats_;
}

}  // namespace zegel::hwsim
