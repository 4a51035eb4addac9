#pragma once

namespace zegel::station {

/// What `zegel` and `zegel-station` end with.
enum ExitStatus : int {
    Done = 0,
    Refused = 1,    ///< the answer is no, or something has to be mended first
    WrongUse = 2,   ///< nothing was done
    NoStation = 3,  ///< no station runs: what was printed is its last word, what was asked waits
    NotChecked =
        4,  ///< `zegel audit --verify`: the chain is whole, its signatures were not checked
};

inline constexpr const char* ExitStatusHelp =
    "Exit status: 0 done, 1 refused or failed, 2 used wrongly, 3 no station is running,\n"
    "4 the audit's signatures could not be checked.\n";

}  // namespace zegel::station
