#include "station/journey/stages.h"

#include <algorithm>

namespace zegel::station {
namespace {

constexpr int DrawsPerCode = 4;

/// Some chips find a code weak that our own rules let pass; another one is drawn then.
template <typename Replace, typename Redraw>
void replaceCode(Replace&& replace, Redraw&& redraw) {
    for (int draw = 1;; ++draw) {
        try {
            return replace();
        } catch (const cards::CodeTooWeak&) {
            if (draw == DrawsPerCode) throw;
            redraw();
        }
    }
}

TimePoint earliestEnd(const std::vector<CardCertificate>& certificates) {
    const auto endOf = [](const CardCertificate& certificate) {
        return certificate.pending->certificate().notAfter;
    };
    return endOf(*std::ranges::min_element(certificates, {}, endOf));
}

}  // namespace

Guarded guardChip(Certified&& certified) {
    auto luggage = std::move(certified.luggage_);
    const auto& profile = luggage.profile;
    auto& chip = luggage.chip();
    luggage.house.tell(Step::GuardChip);

    const auto numbers = numbersOf(luggage.claim);
    auto drawn = std::move(certified.drawn_);
    auto& codes = drawn.codes;
    luggage.house.ledger.intendGuard(luggage.claim);
    chip.imprint({earliestEnd(certified.certificates_)});
    if (chip.capabilities().setsTries) {
        chip.setTries(profile.pin.tries, profile.puk ? profile.puk->tries : profile.pin.tries);
    }
    replaceCode([&] { chip.replaceFactoryPin(codes.pin); },
                [&] { seal::redrawPin(codes, numbers); });
    if (profile.puk) {
        replaceCode([&] { chip.replaceFactoryPuk(codes.puk); },
                    [&] { seal::redrawPuk(codes, numbers); });
    }
    chip.takeOver(luggage.house.cardKeys);
    return Guarded{std::move(luggage), std::move(certified.certificates_), std::move(drawn)};
}

}  // namespace zegel::station
