#pragma once

#include "station/authority/patient_authority.h"
#include "station/desk/revoker.h"
#include "station/ledger/ledger.h"
#include "station/line/reader_status.h"
#include "station/report/event_pusher.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace zegel::station {

/// `<reports>/<batch>.status.json` for the order system (station/report), unless it says so
/// already.
void writeBatchStatus(Ledger& ledger, const BatchId& batch, const std::string& station,
                      TimePoint now, const std::filesystem::path& reports);

/// `<reports>/station.status.json`: what every reader is doing, how the CA is, the certificates
/// about which it is not at one with the station, and what the order system has not taken; for
/// `zegel readers` and `zegel status`.
void writeStationStatus(const std::vector<ReaderStatus>& readers,
                        const AuthorityCondition& authority, const std::vector<OpenMatter>& matters,
                        const std::optional<OrderSystemCondition>& orderSystem,
                        const std::string& station, TimePoint now,
                        const std::filesystem::path& reports);

/// `<reports>/receipts/<receipt>.json`: what became of a receipt, for who sent it.
void writeReceiptAnswer(const ReceiptEntry& receipt, const std::filesystem::path& reports);

/// `<folder>/<id>.json`: what a person's `kind` ("decision", "verdict") came to. The folder is
/// `<reports>/decisions`, `<reports>/readers` or `<reports>/doubts`.
void writeAnswer(const std::string& kind, const std::string& id, const std::string& outcome,
                 const std::filesystem::path& folder);

}  // namespace zegel::station
