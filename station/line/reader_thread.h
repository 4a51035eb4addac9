#pragma once

#include "station/line/disposition.h"
#include "station/line/line.h"

#include <fstream>

namespace zegel::station {

/// One reader's work, from the moment it appears until it is gone.
class Line::ReaderThread {
public:
    ReaderThread(ReaderName name, drivers::ReaderWatch& watch, const House& house,
                 const LineSettings& settings, StatusBoard& board, FailuresInRow& failures,
                 const LineEvents& events);
    ~ReaderThread();
    ReaderThread(const ReaderThread&) = delete;
    ReaderThread& operator=(const ReaderThread&) = delete;

    void ring() noexcept;
    /// Begins no other card; the one under way is finished.
    void requestStop() noexcept;
    bool ended() const noexcept { return ended_; }

private:
    using State = ReaderStatus::State;
    /// What to wait for before the reader is looked at again.
    enum class Next { CardChange, CardChangeOrRing, RetryLater, LookNowAndThen };

    void run(const std::stop_token& stop);
    Next lookAt(const drivers::Presence& presence);
    /// For as long as no person resumes it.
    Next leaveAlone(bool isEmpty);
    /// What is to be done about a reader in which nothing is.
    Next awaitCard();
    Next workOnCard();
    Next serve(drivers::CardSession& session, drivers::Channel& channel);
    Next walk(Guest& guest, const std::vector<std::string>& suitable);
    Next dispose(const Claim& claim, const Failure& failure);
    /// Whether it is one that was made before and is as it was; says so then.
    bool isFinished(const Guest& guest);
    std::optional<std::string> unwelcome(Guest& guest);
    /// A card failed by its own or the reader's fault; the reader is set aside when it is one of
    /// several in a row.
    void countFailure(const std::string& why);
    /// Whether reader or contact may be to blame for what failed. Not when the PC/SC service went:
    /// that takes the card of every busy reader.
    bool isReaderToBlame(const Failure& failure, Milestone milestone);
    bool isServiceLost(const Failure& failure);
    void resetSpoiled(Guest& guest);
    std::vector<std::string> profilesOfCarrier() const;
    static void pauseBriefly(const std::stop_token& stop);
    void wait(Next next, const drivers::Presence& known, const std::stop_token& stop);
    void tell(State state, const std::string& message, const std::optional<Fault>& fault = {});
    void tellTranscript(std::string_view line);

    const House& house_;
    const LineSettings& settings_;
    StatusBoard& board_;
    FailuresInRow& failures_;
    const LineEvents& events_;
    std::unique_ptr<drivers::Reader> reader_;
    ReaderStatus status_;
    ReaderRule rule_;
    std::string pulled_;  ///< what is said of a card that was pulled; until another is in
    std::unique_ptr<std::ofstream> transcript_;
    std::atomic<bool> rung_{false};
    std::atomic<bool> ended_{false};
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace zegel::station
