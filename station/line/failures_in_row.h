#pragma once

#include "drivers/base/ids.h"

#include <map>
#include <mutex>

namespace zegel::station {

/// How many cards failed one after another in each reader. By its name, since a reader may leave
/// between two of them and come back, and a USB token is a reader that does so each time: three
/// tokens that fail in one place say as much as three cards. Safe for several threads.
class FailuresInRow {
public:
    /// One more; gives how many they are now.
    int count(const ReaderName& reader);
    int of(const ReaderName& reader) const;
    /// A card was made there, or a person looked at the reader.
    void forget(const ReaderName& reader);

private:
    mutable std::mutex mutex_;
    std::map<ReaderName, int> failures_;
};

}  // namespace zegel::station
