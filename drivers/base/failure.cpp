#include "drivers/base/failure.h"

namespace zegel {

std::string_view nameOf(Fault fault) noexcept {
    switch (fault) {
        case Fault::SettingUnusable: return "setting-unusable";
        case Fault::OrderUnusable: return "order-unusable";
        case Fault::ReaderUnavailable: return "reader-unavailable";
        case Fault::CardPulled: return "card-pulled";
        case Fault::CardUnsuitable: return "card-unsuitable";
        case Fault::CardRefused: return "card-refused";
        case Fault::CardUntrusted: return "card-untrusted";
        case Fault::AuthorityUnavailable: return "authority-unavailable";
        case Fault::AuthorityRefused: return "authority-refused";
        case Fault::TokenUnavailable: return "token-unavailable";
        case Fault::LedgerUnwritable: return "ledger-unwritable";
        case Fault::PrinterUnavailable: return "printer-unavailable";
        case Fault::StationUnavailable: return "station-unavailable";
        case Fault::LetterUnusable: return "letter-unusable";
        case Fault::SealBroken: return "seal-broken";
        case Fault::RequestRefused: return "request-refused";
        case Fault::Defect: return "defect";
    }
    return "defect";
}

}  // namespace zegel
