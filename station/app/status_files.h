#pragma once

#include "station/ledger/ledger.h"
#include "station/line/reader_status.h"

#include <filesystem>
#include <string>
#include <vector>

namespace zegel::station {

/// `<reports>/<batch>.status.json` for the order system (station/report).
void writeBatchStatus(Ledger& ledger, const BatchId& batch, const std::string& station,
                      TimePoint now, const std::filesystem::path& reports);

/// `<reports>/station.status.json`: what every reader is doing, for `zegel readers`.
void writeReaderStatus(const std::vector<ReaderStatus>& readers, const std::string& station,
                       TimePoint now, const std::filesystem::path& reports);

/// `<reports>/receipts/<receipt>.json`: what became of a receipt, for who sent it.
void writeReceiptAnswer(const ReceiptEntry& receipt, const std::filesystem::path& reports);

/// `<reports>/decisions/<decision>.json`: what a person's decision came to.
void writeDecisionAnswer(const std::string& decision, const std::string& outcome,
                         const std::filesystem::path& reports);

}  // namespace zegel::station
