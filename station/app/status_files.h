#pragma once

#include "station/api/waiting.h"
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

/// What the station tells of itself.
struct StationStatus {
    std::string station;
    TimePoint startedAt{};
    std::vector<ReaderStatus> readers{};  ///< what each is doing
    AuthorityCondition authority{};
    std::vector<OpenMatter> matters{};  ///< about which the CA is not at one with the station
    std::optional<OrderSystemCondition> orderSystem{};
    std::vector<WaitedFor> waitedFor{};

    friend bool operator==(const StationStatus&, const StationStatus&) = default;
};

/// `<reports>/station.status.json`, for `zegel readers`, `zegel status` and `zegel exceptions`.
void writeStationStatus(const StationStatus& status, TimePoint now,
                        const std::filesystem::path& reports);

/// `<reports>/receipts/<receipt>.json`: what became of a receipt, for who sent it.
void writeReceiptAnswer(const ReceiptEntry& receipt, const std::filesystem::path& reports);

/// `<folder>/<id>.json`: what a person's `kind` ("decision", "verdict") came to. The folder is
/// `<reports>/decisions`, `<reports>/readers` or `<reports>/doubts`.
void writeAnswer(const std::string& kind, const std::string& id, const std::string& outcome,
                 const std::filesystem::path& folder);

}  // namespace zegel::station
