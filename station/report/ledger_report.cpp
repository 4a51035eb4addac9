#include "station/report/ledger_report.h"

namespace zegel::station {

OrderStatus statusOf(const OrderEntry& entry) {
    OrderStatus status;
    status.order = entry.order.id;
    status.position = entry.position;
    status.state = nameOf(entry.state);
    status.certificateName = entry.order.subject.group;
    status.chipSerial = entry.chip;
    status.certificateNumber = entry.number;
    if (entry.letterState) status.letterState = std::string{nameOf(*entry.letterState)};
    status.reason = entry.reason;
    status.at = entry.changed;
    return status;
}

BatchReport reportOf(Ledger& ledger, const BatchEntry& batch, const std::string& station,
                     TimePoint now) {
    BatchReport report;
    report.batch = batch.id;
    report.station = station;
    report.updatedAt = now;
    report.acceptedAt = batch.accepted;
    for (const auto& entry : ledger.orders(batch.id))
        report.orders.push_back(statusOf(entry));
    report.refused = ledger.refused(batch.id);
    return report;
}

}  // namespace zegel::station
