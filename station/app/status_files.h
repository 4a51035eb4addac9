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
void writeBatchStatus(Ledger& ledger, const BatchEntry& batch, const std::string& station,
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

/// `<folder>/<decision>.json`: what a person's decision about an order or a reader came to. The
/// folder is `<reports>/decisions` or `<reports>/readers`.
void writeDecisionAnswer(const std::string& decision, const std::string& outcome,
                         const std::filesystem::path& folder);

/// `<reports>/doubts/<verdict>.json`: what became of a person's verdict on a certificate in doubt.
void writeVerdictAnswer(const std::string& verdict, const std::string& outcome,
                        const std::filesystem::path& reports);

}  // namespace zegel::station
