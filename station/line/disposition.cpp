#include "station/line/disposition.h"

namespace zegel::station {
namespace {

struct Row {
    Fault fault;
    Ruling nothingIrreversible;
    Ruling chipChanged;
    Ruling certificateIssued;
};

using enum CardEnd;
using enum OrderEnd;
using enum LineEnd;

// An order that was accepted and does not fit its profile any more: the profile changed, and can be
// changed back. What never fitted was refused with its batch.
// clang-format off
constexpr Row Table[]{
    // fault                        nothing irreversible         keys or codes changed        certificate issued
    {Fault::CardPulled,           {Free, Queue, GoOn},         {Spoil, Queue, GoOn},         {Spoil, Queue, GoOn}},
    {Fault::CardUnsuitable,       {Free, Queue, SetCardAside}, {Spoil, Queue, SetCardAside}, {Spoil, Queue, SetCardAside}},
    {Fault::CardRefused,          {Free, Queue, SetCardAside}, {Spoil, Queue, SetCardAside}, {Spoil, Queue, SetCardAside}},
    {Fault::CardUntrusted,        {Free, Queue, SetCardAside}, {Spoil, Queue, SetCardAside}, {Spoil, Queue, SetCardAside}},
    {Fault::AuthorityUnavailable, {Free, Queue, PauseLine},    {Spoil, Queue, PauseLine},    {Spoil, Queue, PauseLine}},
    {Fault::TokenUnavailable,     {Free, Queue, PauseLine},    {Spoil, Queue, PauseLine},    {Spoil, Queue, PauseLine}},
    {Fault::AuthorityRefused,     {Free, Hold, GoOn},          {Spoil, Hold, GoOn},          {Spoil, Hold, GoOn}},
    {Fault::ReaderUnavailable,    {Free, Queue, PauseReader},  {Spoil, Queue, PauseReader},  {Spoil, Queue, PauseReader}},
    {Fault::OrderUnusable,        {Free, Hold, GoOn},          {Spoil, Hold, GoOn},          {Spoil, Hold, GoOn}},
};

// clang-format on

// Held, so that the same order does not stop the station again at its next start.
constexpr Ruling Stop{Spoil, Hold, StopStation};

}  // namespace

Ruling ruleOn(Fault fault, Milestone milestone) noexcept {
    for (const auto& row : Table) {
        if (row.fault != fault) continue;
        switch (milestone) {
            case Milestone::NothingIrreversible: return row.nothingIrreversible;
            case Milestone::ChipChanged: return row.chipChanged;
            case Milestone::CertificateIssued: return row.certificateIssued;
        }
    }
    return milestone == Milestone::NothingIrreversible ? Ruling{Free, Hold, StopStation} : Stop;
}

bool blamesCard(Fault fault) noexcept {
    return fault == Fault::CardUnsuitable || fault == Fault::CardRefused ||
           fault == Fault::CardUntrusted;
}

bool blamesReader(Fault fault, Milestone milestone) noexcept {
    return milestone != Milestone::NothingIrreversible &&
           (fault == Fault::CardPulled || fault == Fault::ReaderUnavailable);
}

}  // namespace zegel::station
