#include "station/ledger/ledger.h"

#include "station/ledger/approval_book.h"
#include "station/ledger/revocation_book.h"
#include "station/ledger/store.h"

namespace zegel::station {

Ledger::Ledger(const std::filesystem::path& file, const Clock& clock, Schema schema)
    : store_(std::make_unique<Store>(file, clock, schema == Schema::AsItIs)) {}

Ledger::~Ledger() = default;

RevocationBook Ledger::revocations() {
    return RevocationBook{*store_};
}

ApprovalBook Ledger::approvals() {
    return ApprovalBook{*store_};
}

void Ledger::atOneMoment(const std::function<void()>& look) {
    store_->reading([&](Connection& /*beside*/) { look(); });
}

}  // namespace zegel::station
