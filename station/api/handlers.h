#pragma once

#include "station/api/request.h"
#include "station/api/workplace.h"

#include <Poco/JSON/Object.h>

namespace zegel::station {

/// One a row of the rights table, by its operation (service.cpp).
Answer answerHealth(const Workplace& place, const Request& request);
Answer answerMetrics(const Workplace& place, const Request& request);
Answer answerDescription(const Workplace& place, const Request& request);

Answer answerBatches(const Workplace& place, const Request& request);
Answer answerBatch(const Workplace& place, const Request& request);
Answer answerNewBatch(const Workplace& place, const Request& request);
Answer answerBatchOrders(const Workplace& place, const Request& request);
Answer answerBatchReport(const Workplace& place, const Request& request);

Answer answerOrder(const Workplace& place, const Request& request);
Answer answerCancel(const Workplace& place, const Request& request);
Answer answerReject(const Workplace& place, const Request& request);
Answer answerHold(const Workplace& place, const Request& request);
Answer answerCancelBatch(const Workplace& place, const Request& request);
Answer answerHoldBatch(const Workplace& place, const Request& request);
Answer answerReleaseBatch(const Workplace& place, const Request& request);
Answer answerRelease(const Workplace& place, const Request& request);

Answer answerCards(const Workplace& place, const Request& request);
Answer answerCard(const Workplace& place, const Request& request);
Answer answerReaders(const Workplace& place, const Request& request);
Answer answerBind(const Workplace& place, const Request& request);
Answer answerFree(const Workplace& place, const Request& request);
Answer answerResume(const Workplace& place, const Request& request);

Answer answerLetters(const Workplace& place, const Request& request);
Answer answerLetter(const Workplace& place, const Request& request);
Answer answerTake(const Workplace& place, const Request& request);
Answer answerFetched(const Workplace& place, const Request& request);
Answer answerGiveBack(const Workplace& place, const Request& request);
Answer answerPrinted(const Workplace& place, const Request& request);
Answer answerUncertain(const Workplace& place, const Request& request);
Answer answerSettle(const Workplace& place, const Request& request);
Answer answerPosted(const Workplace& place, const Request& request);
Answer answerLetterReturned(const Workplace& place, const Request& request);
Answer answerReprint(const Workplace& place, const Request& request);
Answer answerReissue(const Workplace& place, const Request& request);
Answer answerAbandoned(const Workplace& place, const Request& request);

Answer answerDispatch(const Workplace& place, const Request& request);
Answer answerCardReturned(const Workplace& place, const Request& request);
Answer answerLoans(const Workplace& place, const Request& request);
Answer answerLoanReturned(const Workplace& place, const Request& request);

Answer answerExceptions(const Workplace& place, const Request& request);
Answer answerVerdict(const Workplace& place, const Request& request);
Answer answerReceipt(const Workplace& place, const Request& request);
Answer answerRevocation(const Workplace& place, const Request& request);
Answer answerRevokeCard(const Workplace& place, const Request& request);
Answer answerUnblocked(const Workplace& place, const Request& request);
Answer answerDestroyCard(const Workplace& place, const Request& request);
Answer answerApprovals(const Workplace& place, const Request& request);
Answer answerApproval(const Workplace& place, const Request& request);
Answer answerGrant(const Workplace& place, const Request& request);
Answer answerRefuse(const Workplace& place, const Request& request);

Answer answerEvents(const Workplace& place, const Request& request);
Answer answerEventStream(const Workplace& place, const Request& request);
Answer answerAudit(const Workplace& place, const Request& request);

/// Who asks, as the ledger keeps it.
Person personOf(const Client& client);

/// An answer in JSON.
Answer jsonAnswer(const Poco::JSON::Object& body, int status = 200);

/// openapi.json, as it was when this was built.
extern const char* const OpenApiDocument;

}  // namespace zegel::station
