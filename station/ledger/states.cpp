#include "station/ledger/states.h"

#include "drivers/base/failure.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace zegel::station {
namespace {

template <typename State>
using Name = std::pair<State, std::string_view>;
template <typename State>
using Step = std::pair<State, State>;

constexpr Name<OrderState> OrderNames[]{{OrderState::Accepted, "accepted"},
                                        {OrderState::Queued, "queued"},
                                        {OrderState::InProduction, "in-production"},
                                        {OrderState::Produced, "produced"},
                                        {OrderState::Dispatched, "dispatched"},
                                        {OrderState::Received, "received"},
                                        {OrderState::Closed, "closed"},
                                        {OrderState::Rejected, "rejected"},
                                        {OrderState::OnHold, "on-hold"},
                                        {OrderState::Cancelled, "cancelled"}};
constexpr Name<CardState> CardNames[]{
    {CardState::Blank, "blank"},     {CardState::Claimed, "claimed"},
    {CardState::Proved, "proved"},   {CardState::Personalised, "personalised"},
    {CardState::InUse, "in-use"},    {CardState::Dispatched, "dispatched"},
    {CardState::Revoked, "revoked"}, {CardState::Returned, "returned"},
    {CardState::Spoiled, "spoiled"}, {CardState::Destroyed, "destroyed"}};
constexpr Name<LetterState> LetterNames[]{
    {LetterState::Held, "held"},           {LetterState::Released, "released"},
    {LetterState::Printing, "printing"},   {LetterState::Printed, "printed"},
    {LetterState::Posted, "posted"},       {LetterState::Returned, "returned"},
    {LetterState::Destroyed, "destroyed"}, {LetterState::PrintedUncertain, "printed-uncertain"},
    {LetterState::Spoiled, "spoiled"},     {LetterState::Expired, "expired"}};
constexpr Name<CertificateState> CertificateNames[]{
    {CertificateState::Asked, "asked"},
    {CertificateState::Issued, "issued"},
    {CertificateState::Confirmed, "confirmed"},
    {CertificateState::RevocationWanted, "revocation-wanted"},
    {CertificateState::Revoked, "revoked"},
    {CertificateState::InCrl, "in-crl"},
    {CertificateState::NotIssued, "not-issued"}};

constexpr Step<OrderState> OrderSteps[]{
    {OrderState::Accepted, OrderState::Queued},
    {OrderState::Accepted, OrderState::Cancelled},
    {OrderState::Queued, OrderState::InProduction},
    {OrderState::Queued, OrderState::Rejected},
    {OrderState::Queued, OrderState::OnHold},
    {OrderState::Queued, OrderState::Cancelled},
    {OrderState::InProduction, OrderState::Produced},
    {OrderState::InProduction, OrderState::Queued},  // the card was spoiled, the order was not
    {OrderState::InProduction, OrderState::OnHold},
    {OrderState::Produced, OrderState::Dispatched},
    {OrderState::Produced, OrderState::Received},  // a receipt proves the dispatch
    {OrderState::Produced, OrderState::OnHold},
    {OrderState::Dispatched, OrderState::Received},
    {OrderState::Dispatched, OrderState::Produced},  // the card came back
    {OrderState::Received, OrderState::Produced},    // so did one that was received
    {OrderState::Received, OrderState::Closed},
    {OrderState::Produced, OrderState::Closed},  // its card was revoked
    {OrderState::Dispatched, OrderState::Closed},
    {OrderState::OnHold, OrderState::Queued},
    {OrderState::OnHold, OrderState::Cancelled},
    {OrderState::OnHold, OrderState::Rejected}};
constexpr Step<CardState> CardSteps[]{
    {CardState::Blank, CardState::Claimed},
    {CardState::Claimed, CardState::Blank},  // nothing had been changed
    {CardState::Claimed, CardState::Personalised},
    {CardState::Claimed, CardState::Spoiled},
    {CardState::Personalised, CardState::Proved},
    {CardState::Personalised, CardState::Spoiled},
    {CardState::Proved, CardState::Dispatched},
    {CardState::Proved, CardState::InUse},
    {CardState::Proved, CardState::Revoked},
    {CardState::Proved, CardState::Spoiled},
    {CardState::Dispatched, CardState::InUse},
    {CardState::Dispatched, CardState::Returned},
    {CardState::Returned, CardState::Dispatched},  // sent once more
    {CardState::Dispatched, CardState::Revoked},
    {CardState::InUse, CardState::Returned},
    {CardState::InUse, CardState::Revoked},
    {CardState::Returned, CardState::Revoked},
    {CardState::Spoiled, CardState::Blank},  // reset
    {CardState::Spoiled, CardState::Destroyed},
    {CardState::Revoked, CardState::Destroyed}};
constexpr Step<LetterState> LetterSteps[]{{LetterState::Held, LetterState::Released},
                                          {LetterState::Held, LetterState::Destroyed},
                                          {LetterState::Held, LetterState::Expired},
                                          {LetterState::Released, LetterState::Printing},
                                          // its card came back: it waits for it anew
                                          {LetterState::Released, LetterState::Held},
                                          {LetterState::Released, LetterState::Destroyed},
                                          // given back: not one octet had gone to the printer
                                          {LetterState::Printing, LetterState::Released},
                                          {LetterState::Printing, LetterState::Printed},
                                          {LetterState::Printing, LetterState::PrintedUncertain},
                                          {LetterState::PrintedUncertain, LetterState::Printed},
                                          {LetterState::PrintedUncertain, LetterState::Spoiled},
                                          {LetterState::Printed, LetterState::Posted},
                                          {LetterState::Printed, LetterState::Spoiled},
                                          {LetterState::Posted, LetterState::Returned},
                                          {LetterState::Posted, LetterState::Destroyed},
                                          // once more, while the sealed codes are there
                                          {LetterState::Returned, LetterState::Released},
                                          {LetterState::Spoiled, LetterState::Released},
                                          {LetterState::Returned, LetterState::Destroyed},
                                          {LetterState::Expired, LetterState::Destroyed},
                                          {LetterState::Spoiled, LetterState::Destroyed}};
constexpr Step<CertificateState> CertificateSteps[]{
    {CertificateState::Asked, CertificateState::Issued},
    {CertificateState::Asked, CertificateState::NotIssued},
    {CertificateState::Asked, CertificateState::RevocationWanted},
    {CertificateState::Issued, CertificateState::Confirmed},
    {CertificateState::Issued, CertificateState::RevocationWanted},
    {CertificateState::Confirmed, CertificateState::RevocationWanted},
    {CertificateState::RevocationWanted, CertificateState::Revoked},
    {CertificateState::Revoked, CertificateState::InCrl},
    // a person's word about a doubt, and what proved it wrong
    {CertificateState::NotIssued, CertificateState::RevocationWanted},
    {CertificateState::Revoked, CertificateState::RevocationWanted},
    {CertificateState::InCrl, CertificateState::RevocationWanted}};

template <typename State, std::size_t Count>
std::string_view nameIn(const Name<State> (&names)[Count], State state) noexcept {
    const auto* found = std::ranges::find(names, state, &Name<State>::first);
    return found == std::end(names) ? "unknown" : found->second;
}

template <typename State, std::size_t Count>
State namedIn(const Name<State> (&names)[Count], std::string_view wanted) {
    const auto* found = std::ranges::find(names, wanted, &Name<State>::second);
    if (found != std::end(names)) return found->first;
    throw Failure{Fault::LedgerUnwritable,
                  "the ledger holds the unknown state '" + std::string{wanted} +
                      "': it was written by another version of the station"};
}

template <typename State, std::size_t Count>
bool isIn(const Step<State> (&steps)[Count], State from, State to) noexcept {
    return std::ranges::find(steps, std::pair{from, to}) != std::end(steps);
}

template <typename State, std::size_t Count>
std::vector<std::string_view> namesIn(const Name<State> (&names)[Count]) {
    std::vector<std::string_view> list;
    for (const auto& [state, name] : names)
        list.push_back(name);
    return list;
}

}  // namespace

std::string_view nameOf(OrderState state) noexcept {
    return nameIn(OrderNames, state);
}

std::string_view nameOf(CardState state) noexcept {
    return nameIn(CardNames, state);
}

std::string_view nameOf(LetterState state) noexcept {
    return nameIn(LetterNames, state);
}

std::string_view nameOf(CertificateState state) noexcept {
    return nameIn(CertificateNames, state);
}

std::vector<std::string_view> orderStateNames() {
    return namesIn(OrderNames);
}

std::vector<std::string_view> cardStateNames() {
    return namesIn(CardNames);
}

std::vector<std::string_view> letterStateNames() {
    return namesIn(LetterNames);
}

OrderState orderStateNamed(std::string_view name) {
    return namedIn(OrderNames, name);
}

CardState cardStateNamed(std::string_view name) {
    return namedIn(CardNames, name);
}

LetterState letterStateNamed(std::string_view name) {
    return namedIn(LetterNames, name);
}

CertificateState certificateStateNamed(std::string_view name) {
    return namedIn(CertificateNames, name);
}

bool mayBecome(OrderState from, OrderState to) noexcept {
    return isIn(OrderSteps, from, to);
}

bool mayBecome(CardState from, CardState to) noexcept {
    return isIn(CardSteps, from, to);
}

bool mayBecome(LetterState from, LetterState to) noexcept {
    return isIn(LetterSteps, from, to);
}

bool mayBecome(CertificateState from, CertificateState to) noexcept {
    return isIn(CertificateSteps, from, to);
}

std::string_view nameOf(Milestone milestone) noexcept {
    switch (milestone) {
        case Milestone::NothingIrreversible: return "nothing irreversible";
        case Milestone::ChipChanged: return "keys or codes changed";
        case Milestone::CertificateIssued: return "certificate issued";
    }
    return "unknown";
}

}  // namespace zegel::station
