#include "station/journey/house.h"

#include "drivers/cards/registry.h"

namespace zegel::station {

std::string_view nameOf(Step step) noexcept {
    switch (step) {
        case Step::Admit: return "checking the order";
        case Step::MeetChip: return "meeting the chip";
        case Step::OpenChip: return "opening the chip";
        case Step::MakeKeys: return "making keys";
        case Step::Certify: return "asking for certificates";
        case Step::GuardChip: return "guarding the chip";
        case Step::SealCodes: return "sealing the codes";
        case Step::ProveCard: return "proving the card";
        case Step::Report: return "reporting";
    }
    return "working";
}

Guest greet(drivers::CardSession& session, drivers::Channel& channel) {
    auto driver = cards::recognise(channel, session.atr());
    auto condition = driver->examine();
    return {session, channel, std::move(driver), std::move(condition)};
}

}  // namespace zegel::station
