#pragma once

#include "station/api/request.h"
#include "station/desk/letter_desk.h"
#include "station/desk/revoker.h"
#include "station/ledger/dispatch_book.h"
#include "station/ledger/ledger.h"
#include "station/line/reader_status.h"
#include "station/report/batch_report.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <map>
#include <optional>

namespace zegel::station {

/// What clients see of the ledger's rows, in the words of station/report/status.schema.json. No
/// address, no name of a person, no code.
Poco::JSON::Object inOrder();  ///< an object that keeps its keys as they were set
Poco::JSON::Object viewOf(const BatchEntry& batch);
Poco::JSON::Object viewOf(const CardEntry& card);
Poco::JSON::Object viewOf(const CertificateEntry& certificate);
Poco::JSON::Object viewOf(const ReaderStatus& reader);
Poco::JSON::Object viewOf(const LetterDesk::Shown& shown);
Poco::JSON::Object viewOf(const OpenMatter& matter);
Poco::JSON::Object viewOf(const LoanEntry& loan);
Poco::JSON::Object viewOf(const Awaited& awaited);
Poco::JSON::Object viewOf(const AuditEntry& record);
/// Each of them as above.
template <typename Entries>
Poco::JSON::Array viewsOf(const Entries& entries) {
    Poco::JSON::Array list;
    for (const auto& entry : entries)
        list.add(viewOf(entry));
    return list;
}

/// How many orders of the batch are in each state, those not taken among the rejected.
Poco::JSON::Object statesOf(const BatchEntry& batch,
                            const std::map<OrderState, std::size_t>& orders);

/// One thing and what belongs to it; nothing when the ledger does not know it. An order that was
/// not taken is shown as "rejected", as far as it is known.
std::optional<Poco::JSON::Object> batchShown(Ledger& ledger, const BatchId& batch);
std::optional<Poco::JSON::Object> orderShown(Ledger& ledger, const OrderId& order);
/// An order in a list that is not of one batch.
Poco::JSON::Object orderOf(const BatchId& batch, const OrderStatus& order);

Answer unknown(const char* what, const Request& request);

}  // namespace zegel::station
