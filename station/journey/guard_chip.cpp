#include "station/journey/stages.h"

#include <algorithm>

namespace zegel::station {
namespace {

constexpr int DrawsPerCode = 4;

/// Some chips find a code weak that our own rules let pass; another one is drawn then.
template <typename Replace>
void replaceCode(SecretBytes& code, int digits, const std::vector<std::string>& numbers,
                 Replace&& replace) {
    for (int draw = 1;; ++draw) {
        try {
            return replace(code);
        } catch (const cards::CodeTooWeak&) {
            if (draw == DrawsPerCode) throw;
            code = seal::drawDigits(digits, numbers);
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
    replaceCode(codes.pin, profile.pin.digits, numbers,
                [&](const SecretBytes& pin) { chip.replaceFactoryPin(pin); });
    if (profile.puk) {
        replaceCode(codes.puk, profile.puk->digits, numbers,
                    [&](const SecretBytes& puk) { chip.replaceFactoryPuk(puk); });
    }
    chip.takeOver(luggage.house.cardKeys);
    return Guarded{std::move(luggage), std::move(certified.certificates_), std::move(drawn)};
}

}  // namespace zegel::station
