#pragma once

#include "drivers/base/ids.h"

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace zegel::station {

/// When a batch's status file is written again. That of a large batch takes seconds, and its orders
/// change all the time: after a writing the file rests for ten times the processor time that it
/// took, so that all of them together take a tenth of one processor at most. Only the end is never
/// waited for: when the last order of a batch is made, or can not be, its file is written at once.
/// For one thread.
class BatchStatusFiles {
public:
    using Moment = std::chrono::steady_clock::time_point;
    using Span = std::chrono::steady_clock::duration;

    struct Rooms {
        std::function<void(const BatchId&)> write;
        std::function<bool(const BatchId&)>
            isOpen;  ///< an order waits for a card, or is being made
        std::function<Moment()> now;
        std::function<Span()> worked;  ///< processor time of this thread
    };

    explicit BatchStatusFiles(Rooms rooms) : rooms_(std::move(rooms)) {}

    /// Something in these batches changed: written now when they may be, else as soon as they may.
    void keep(const std::vector<BatchId>& changed);
    /// Nothing waits any longer: the station stops.
    void keepAll();

    /// Processor time of the calling thread.
    static Span threadWork();

private:
    struct Written {
        bool wasOpen = true;
        Moment restsUntil{};
    };

    bool isDue(const BatchId& batch) const;
    /// `together`: how many batches share the processor.
    void write(const BatchId& batch, std::size_t together);

    Rooms rooms_;
    std::set<BatchId> waiting_;
    std::map<BatchId, Written> written_;
};

}  // namespace zegel::station
