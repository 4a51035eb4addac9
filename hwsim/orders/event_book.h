#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace zegel::hwsim {

/// One event as an order system reads it.
struct ReceivedEvent {
    std::string id;
    std::string source;
    std::string type;
    std::string subject;
    std::string sequence;
    std::string order;   ///< empty when it is no order's
    std::string before;  ///< empty when something begins
    std::string after;
    std::string body;  ///< as it came, one line
};

/// Errors: SyntaxException or other Poco exceptions when it is no JSON or lacks an attribute that
/// CloudEvents 1.0 or its sequence extension requires; the message is for people.
ReceivedEvent receivedEventFrom(const std::string& body);

/// Every event that came, a line of JSON each in the order of arrival; survives a restart, and the
/// end of the process at any instant. Repeats are counted by id. What must not be is complained of:
/// an id again with other content; a sequence below what came before of the same subject or order;
/// a change from another state than the subject was in.
class EventBook {
public:
    /// Errors: SettingUnusable when the file cannot be read or written.
    explicit EventBook(const std::filesystem::path& file);

    /// In the file when this returns.
    void take(const ReceivedEvent& event);
    void complain(const std::string& what);

    std::vector<ReceivedEvent> all() const;
    std::vector<std::string> complaints() const;
    std::size_t repeats() const;

private:
    void read(const std::filesystem::path& file);
    void apply(const ReceivedEvent& event);
    void judge(const ReceivedEvent& event);

    mutable std::mutex mutex_;
    std::vector<ReceivedEvent> events_;
    std::map<std::string, std::size_t> places_;           ///< by id
    std::map<std::string, std::string> latestOfSubject_;  ///< sequence
    std::map<std::string, std::string> latestOfOrder_;
    std::map<std::string, std::string> states_;  ///< by subject
    std::vector<std::string> complaints_;
    std::size_t repeats_ = 0;
    std::ofstream out_;
};

}  // namespace zegel::hwsim
