#pragma once

#include "drivers/reader/relay/reader_host.h"

#include <atomic>
#include <map>
#include <mutex>

namespace zegel::drivers {

/// One host at a time for a watch and all its readers, started when first needed and again after
/// it ended. Any thread.
class RelayHub {
public:
    RelayHub(StartReaderHost start, const std::string& service);

    /// The words for a PC/SC service that does not answer: which one.
    const std::string& service() const noexcept { return service_; }

    struct Opened {
        std::shared_ptr<ReaderHost> host;
        std::uint32_t number;
        RelaySocket socket;
    };
    /// A new line to a reader; an empty name: to the watch. Errors: ReaderUnavailable.
    Opened open(std::string_view reader);
    /// The host is given up for lost and ended; the next `open` starts another. `why` is told to
    /// whoever had a line to it.
    void giveUp(const std::shared_ptr<ReaderHost>& host, const std::string& why);
    /// Why the lines to this host were lost.
    std::string whyLost(const std::shared_ptr<ReaderHost>& host);

private:
    std::shared_ptr<ReaderHost> running();

    StartReaderHost start_;
    std::string service_;
    std::mutex mutex_;
    std::shared_ptr<ReaderHost> host_;
    std::weak_ptr<ReaderHost> givenUp_;
    std::string givenUpBecause_;
    std::uint32_t lastNumber_ = 0;
};

/// The station's end of one line: a question and its answer. Opened when first needed, and again
/// after it was lost. Used by one thread; only `interrupt` may be called from another.
class RelayedLine {
public:
    RelayedLine(std::shared_ptr<RelayHub> hub, std::string reader);
    ~RelayedLine();
    RelayedLine(const RelayedLine&) = delete;
    RelayedLine& operator=(const RelayedLine&) = delete;

    /// The answer, until the next question. Errors: what the other side threw; ReaderUnavailable
    /// when it hung up, or did not answer `within` that long: the line is closed then.
    ByteView ask(std::initializer_list<ByteView> question, std::chrono::milliseconds within);
    void interrupt() noexcept;
    /// Another number each time the line is opened; nothing while it is not.
    std::optional<std::uint32_t> opened() const noexcept;

private:
    void open();
    void close() noexcept;
    [[noreturn]] void lose(const std::string& why);
    [[noreturn]] void loseHost();

    std::shared_ptr<RelayHub> hub_;
    std::string reader_;
    std::unique_ptr<RelayLine> line_{};

    std::mutex mutex_;
    std::shared_ptr<ReaderHost> host_{};  ///< of the line that is open
    std::uint32_t number_ = 0;
    bool interrupted_ = false;  ///< before a line was open
};

}  // namespace zegel::drivers
