#include "tests/bench/workshop.h"

#include "drivers/channel/chaining_channel.h"
#include "drivers/iso7816/atr.h"
#include "station/journey/journey.h"

#include <array>

namespace zegel::bench {
namespace {

constexpr int KeysMadeAhead = 6;

/// Cuts ours into steps as the walk tells of them.
class StepWatch {
public:
    StepWatch(const TimedSession& session, const Waits& waits) : session_(session), waits_(waits) {}

    void next(std::array<Span, 10>& steps, std::size_t step) {
        const auto others = session_.exchanging() + session_.powering() + waits_.total();
        const auto at = now();
        steps[step_] += at - from_ - (others - othersBefore_);
        from_ = at;
        othersBefore_ = others;
        step_ = step;
    }

private:
    const TimedSession& session_;
    const Waits& waits_;
    SteadyTime from_ = now();
    Span othersBefore_{};
    std::size_t step_ = 0;
};

}  // namespace

Workshop::Workshop() {
    offerImportedRsa();
    makeKeysAhead();
    house_.groupKeys = std::make_unique<station::GroupKeys>(
        *house_.ledger, *house_.wrapKey, house_.recovery.get(), house_.folder / "escrow",
        [this](KeyAlgorithm algorithm) { return keyMadeAhead(algorithm); });
}

void Workshop::offerImportedRsa() {
    auto profile = house_.profiles.at("group-card-rsa2048");
    profile.name = ImportedRsa;
    for (auto& key : profile.keys) {
        key.origin = cardprofiles::KeyOrigin::InStation;
        key.sharedByGroup = key.escrow = false;
        key.attestation = cardprofiles::Attestation::None;
    }
    house_.profiles.emplace(profile.name, profile);
}

void Workshop::makeKeysAhead() {
    for (int made = 0; made < KeysMadeAhead; ++made) {
        const auto from = now();
        made_.push_back(station::makeStationKey(KeyAlgorithm::Rsa2048));
        keyMakings_.push_back(now() - from);
    }
}

/// The keys go round: what a card costs does not depend on which key it gets.
void Workshop::layOutKeys() {
    for (; laidOut_.size() < 3; ++taken_) {
        const auto& key = made_[taken_ % made_.size()];
        laidOut_.push_back(
            station::stationKeyOf(key.pkcs8.disclose(Disclosure::ToCheck, secretOf)));
    }
}

station::StationKey Workshop::keyMadeAhead(KeyAlgorithm algorithm) {
    if (algorithm != KeyAlgorithm::Rsa2048) return station::makeStationKey(algorithm);
    auto key = std::move(laidOut_.back());
    laidOut_.pop_back();
    return key;
}

CardFigures Workshop::makeCard(drivers::Reader& reader, const std::string& profile,
                               ChipTally& tally) {
    // A group of its own, so that every card pays for its key, the wrapped copy and the escrow.
    house_.accept(profile, "group-" + std::to_string(++orders_));
    layOutKeys();
    authority_.waits.clear();
    tally.clear();
    CardFigures card;
    const auto from = now();
    SteadyTime letGo;
    {
        TimedSession session{reader.connect()};
        const auto connected = now();
        walk(session, profile, card);
        card.exchanging = session.exchanging();
        card.powering = session.powering() + (connected - from);
        letGo = now();
    }
    const auto to = now();
    card.powering += to - letGo;
    card.wall = to - from;
    card.authority = authority_.waits.total();
    card.ownWork = authority_.waits.ownWork();
    card.ours = card.wall - card.exchanging - card.powering - card.authority;
    card.chip = Span{tally.nanoseconds};
    card.exchanges = tally.exchanges;
    card.octetsToChip = tally.octetsToChip;
    card.octetsFromChip = tally.octetsFromChip;
    return card;
}

void Workshop::walk(TimedSession& session, const std::string& profile, CardFigures& card) {
    StepWatch steps{session, authority_.waits};
    const auto workedBefore = threadWork();
    const auto real = house_.journeyHouse();
    const auto tell = [&](station::Step step) {
        if (step == station::Step::Certify) authority_.waits.begin();
        steps.next(card.steps, 1 + static_cast<std::size_t>(step));
    };
    const station::House timed{real.ledger,   authority_,     real.profiles, real.sealer,
                               real.cardKeys, real.groupKeys, real.clock,    real.attestationRoots,
                               tell};
    const bool extended =
        iso7816::saysExtendedLength(session.atr()) && session.carriesExtended().value_or(true);
    drivers::ChainingChannel channel{session, extended};
    auto guest = station::greet(session, channel);
    const auto& chip = guest.driver->identity();
    const std::array<std::string, 1> profiles{profile};
    const auto claim =
        house_.ledger->claim({chip.serial, chip.family, chip.firmware}, profiles, "ZG");
    station::produceCard(claim.value(), guest, timed);
    steps.next(card.steps, 0);
    card.work = threadWork() - workedBefore - session.work();
}

std::vector<CardFigures> cardsInProcess(Workshop& workshop, const std::string& profile, int cards) {
    const ReaderName name{"Bench 00 00"};
    auto& bench = workshop.house().bench;
    bench.addReader(name);
    const auto reader = bench.reader(name);
    static std::uint32_t serial = 0x00B00000;
    std::vector<CardFigures> made;
    ChipTally tally;
    for (int at = 0; at < cards; ++at) {
        bench.insert(name,
                     std::make_shared<TimedChip>(hwsim::blankPivChip(ChipModel, ++serial), tally));
        made.push_back(workshop.makeCard(*reader, profile, tally));
        bench.pull(name);
    }
    bench.removeReader(name);
    return made;
}

}  // namespace zegel::bench
