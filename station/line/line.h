#pragma once

#include "drivers/reader/reader.h"
#include "station/journey/house.h"
#include "station/journey/stages.h"
#include "station/line/failures_in_row.h"
#include "station/line/reader_status.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace zegel::station {

struct LineSettings {
    std::string numberPrefix;               ///< begins every certificate number: "ZG"
    std::vector<std::string> tokenReaders;  ///< name patterns (*, ?) of readers that are tokens
    std::vector<std::string> ignoredReaders;
    std::chrono::milliseconds retryAfter{5000};  ///< when CA, token or service was away
    /// An order whose request reached the CA so often in vain is held for a person.
    int triesPerOrder = 3;
    int failuresPerReader = 3;  ///< in a row; then it is set aside until a person resumes it
    int resetsPerCard = 3;  ///< a card spoiled by its own fault more often is set aside for good
    /// Where every exchange is told, a file a walk; none when empty. Secret bodies are withheld.
    std::filesystem::path transcripts;
};

/// Told by a reader's thread when something has to happen elsewhere.
struct LineEvents {
    std::function<void(const Produced&)> produced;
    std::function<void(const Claim&, const Failure&)> failed;
    std::function<void(const Failure&)> stopStation;
};

/// Readers at work, one thread each with a PC/SC context of its own. They come and go; a card in
/// one of them is met, matched to an order and walked; what went wrong is ruled by disposition.h.
class Line {
public:
    Line(House house, LineSettings settings, StatusBoard& board, LineEvents events);
    ~Line();
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    /// Watches for readers until `stop`; to be called on a thread of its own, for each PC/SC
    /// service with the watch that belongs to it. `service` is its name, empty when it is the only
    /// one. A service that is gone is waited for. Ends when every reader's thread ended.
    void run(drivers::ReaderWatch& watch, const std::string& service, const std::stop_token& stop);

    const std::filesystem::path& transcriptsFolder() const noexcept {
        return settings_.transcripts;
    }

    /// Orders arrived: readers that wait with a card look again.
    void ring() noexcept;

    class ReaderThread;

private:
    void watchReaders(drivers::ReaderWatch& watch, const std::string& service,
                      const std::stop_token& stop);
    void startNew(drivers::ReaderWatch& watch, const std::string& service);
    void dropGone();

    House house_;
    LineSettings settings_;
    StatusBoard& board_;
    LineEvents events_;
    FailuresInRow failures_;
    std::mutex mutex_;
    std::map<ReaderName, std::unique_ptr<ReaderThread>> threads_;
    std::condition_variable_any pause_;
};

}  // namespace zegel::station
