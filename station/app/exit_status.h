#pragma once

namespace zegel::station {

/// What `zegel` and `zegel-station` end with.
enum ExitStatus : int {
    Done = 0,
    Refused = 1,   ///< the answer is no, or something has to be mended first
    WrongUse = 2,  ///< nothing was done
    /// No station runs, or it does not answer or let in whoever asks its API. What was printed is
    /// its last word; what was laid in its inbox waits, what was asked of its API does not.
    NoStation = 3,
    NotChecked = 4,  ///< `zegel audit verify`: the chain is whole, no signature of it was checked
};

inline constexpr const char* ExitStatusHelp =
    "Exit status: 0 done, 1 refused or failed, 2 used wrongly, 3 no station is running, or it did\n"
    "not answer or let you in, 4 no signature of the audit was checked.\n";

}  // namespace zegel::station
