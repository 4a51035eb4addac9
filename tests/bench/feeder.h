#pragma once

#include "tests/house/house.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace zegel::bench {

/// Puts a fresh card into each reader that says its card is done. The cards are made beforehand.
class Feeder {
public:
    Feeder(tests::House& house, int cards, int readers, const std::string& timing);

    void feedAll();
    /// Whether all cards are done; looks after the readers on the way.
    bool attend();

private:
    void feed(const ReaderName& reader);

    tests::House& house_;
    int left_;
    int fed_ = 0;
    std::uint32_t serial_ = 0x00D00000;
    std::vector<ReaderName> readers_{};
    std::vector<std::shared_ptr<hwsim::Chip>> blanks_{};
    std::set<ChipSerial> done_{};
};

}  // namespace zegel::bench
