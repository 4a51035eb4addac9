#pragma once

#include "station/api/request.h"
#include "station/desk/revoker.h"
#include "station/ledger/entries.h"
#include "station/line/reader_status.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <map>

namespace zegel::station {

/// What clients see of the ledger's rows, in the words of station/report/status.schema.json. No
/// address, no name of a person, no code.
Poco::JSON::Object inOrder();  ///< an object that keeps its keys as they were set
Poco::JSON::Object viewOf(const BatchEntry& batch);
Poco::JSON::Object viewOf(const CardEntry& card);
Poco::JSON::Object viewOf(const CertificateEntry& certificate);
Poco::JSON::Object viewOf(const ReaderStatus& reader);
Poco::JSON::Object viewOf(const OpenMatter& matter);
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

Answer unknown(const char* what, const Request& request);

}  // namespace zegel::station
