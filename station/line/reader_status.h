#pragma once

#include "cardprofiles/profile.h"
#include "drivers/base/failure.h"
#include "drivers/base/ids.h"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// What an operator sees of one reader at a glance.
struct ReaderStatus {
    enum class State {
        Empty,      ///< waits for a card
        Idle,       ///< a card is in, no order for this reader
        Working,    ///< a card is being made: do not touch
        Done,       ///< take the card out
        Attention,  ///< a person has to do what `message` says
        Paused,     ///< waits for the CA, the token or the service; goes on by itself
        Gone
    };

    ReaderName reader;
    std::optional<cardprofiles::Carrier> carrier;  ///< nothing for a whole PC/SC service
    State state = State::Empty;
    std::string message;
    std::optional<Fault> fault;      ///< that `message` tells of; nothing when all is well
    std::optional<OrderId> order;    ///< in hand, or of the card that lies in it
    std::optional<ChipSerial> chip;  ///< likewise; neither while it is empty, paused or gone
    int made = 0;                    ///< cards since the station started
    int spoiled = 0;

    friend bool operator==(const ReaderStatus&, const ReaderStatus&) = default;
};

std::string_view nameOf(ReaderStatus::State state) noexcept;  // "empty", "working", "attention"

/// What all readers are doing. Safe for several threads.
class StatusBoard {
public:
    using Listener = std::function<void(const ReaderStatus&)>;

    /// `changed` hears every change, from the reader's own thread; the same again is none.
    explicit StatusBoard(Listener changed) : changed_(std::move(changed)) {}

    void set(const ReaderStatus& status);
    /// Its last word: heard as a change, and shown no more.
    void retire(const ReaderStatus& last);
    /// What was shown of a reader, also of one that is gone; nothing when it never was there.
    std::optional<ReaderStatus> last(const ReaderName& reader) const;
    std::vector<ReaderStatus> all() const;

    /// Which readers a PC/SC service has now; none, when it is away.
    void listed(const std::string& service, const std::vector<ReaderName>& readers);
    /// Every reader that is listed or shown; nothing before `services` services were listed, when
    /// nobody can tell which ones there are.
    std::optional<std::set<ReaderName>> readersAmong(std::size_t services) const;

private:
    Listener changed_;
    mutable std::mutex mutex_;
    std::map<ReaderName, ReaderStatus> readers_;
    std::map<std::string, std::vector<ReaderName>> listed_;
};

}  // namespace zegel::station
