#include "station/journey/stages.h"

#include <exception>

namespace zegel::station {
namespace {

/// One is written to the chip while the CA works on the next. Every answer is waited for, and
/// written down by then, before the first bad one ends the walk.
std::vector<CardCertificate> broughtTo(cards::CardDriver& chip,
                                       std::vector<std::future<CardCertificate>> questions) {
    std::vector<CardCertificate> certificates;
    std::exception_ptr firstBad;
    for (auto& question : questions) {
        try {
            auto certificate = question.get();
            if (!firstBad) {
                chip.writeCertificate(certificate.rule.purpose,
                                      certificate.pending->certificate().der);
            }
            certificates.push_back(std::move(certificate));
        } catch (const std::exception&) {
            if (!firstBad) firstBad = std::current_exception();
        }
    }
    if (firstBad) std::rethrow_exception(firstBad);
    return certificates;
}

}  // namespace

Certified certify(Keyed&& keyed) {
    auto luggage = std::move(keyed.luggage_);
    luggage.house.tell(Step::Certify);
    auto certificates = broughtTo(luggage.chip(), std::move(keyed.questions_));
    auto drawn = keyed.drawing_.get();
    return Certified{std::move(luggage), std::move(certificates), std::move(drawn)};
}

}  // namespace zegel::station
