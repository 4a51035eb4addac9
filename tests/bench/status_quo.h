#pragma once

#include "tests/bench/figures.h"
#include "tests/bench/pcsc_table.h"

#include <string>

namespace zegel::bench {

/// The card as yubico-piv-tool and openssl make it, called from a script (status_quo.sh).
class StatusQuo {
public:
    /// Makes the CA and the keys to import. Errors: Defect naming the log.
    explicit StatusQuo(PcscTable& table);

    /// `algorithm` is "p256" or "rsa2048". A blank chip is in the reader; `tally` is the chip's.
    /// Errors: Defect naming the log.
    CardFigures makeCard(const std::string& algorithm, ChipTally& tally);

private:
    void run(const std::string& words);

    PcscTable& table_;
    std::filesystem::path folder_;
};

}  // namespace zegel::bench
