#include "station/api/service.h"

#include "drivers/base/told.h"
#include "station/api/handlers.h"

#include <sstream>

namespace zegel::station {
namespace {

using Handler = Answer (*)(const Workplace&, const Request&);

struct Operation {
    std::string_view name;
    Handler handler;
    bool readsQuery = false;  ///< of all others it must be empty
};

constexpr Operation Operations[]{{"health", answerHealth},
                                 {"metrics", answerMetrics},
                                 {"describe", answerDescription},
                                 {"sendBatch", answerNewBatch},
                                 {"listBatches", answerBatches, true},
                                 {"showBatch", answerBatch},
                                 {"listOrders", answerBatchOrders, true},
                                 {"reportBatch", answerBatchReport},
                                 {"showOrder", answerOrder},
                                 {"cancelOrder", answerCancel},
                                 {"rejectOrder", answerReject},
                                 {"holdOrder", answerHold},
                                 {"cancelBatch", answerCancelBatch},
                                 {"holdBatch", answerHoldBatch},
                                 {"releaseBatch", answerReleaseBatch},
                                 {"releaseOrder", answerRelease},
                                 {"listCards", answerCards, true},
                                 {"showCard", answerCard},
                                 {"listReaders", answerReaders},
                                 {"bindReader", answerBind},
                                 {"freeReader", answerFree},
                                 {"resumeReader", answerResume},
                                 {"listLetters", answerLetters, true},
                                 {"showLetter", answerLetter},
                                 {"takeLetter", answerTake},
                                 {"recordFetched", answerFetched},
                                 {"giveBackLetter", answerGiveBack},
                                 {"recordPrinted", answerPrinted},
                                 {"recordUncertain", answerUncertain},
                                 {"settleLetter", answerSettle},
                                 {"recordPosted", answerPosted},
                                 {"recordLetterReturned", answerLetterReturned},
                                 {"reprintLetter", answerReprint},
                                 {"reissueCodes", answerReissue},
                                 {"settleAbandoned", answerAbandoned},
                                 {"dispatchCard", answerDispatch},
                                 {"recordCardReturned", answerCardReturned},
                                 {"listLoans", answerLoans, true},
                                 {"recordLoanReturned", answerLoanReturned},
                                 {"listExceptions", answerExceptions, true},
                                 {"settleDoubt", answerVerdict},
                                 {"sendReceipt", answerReceipt},
                                 {"revokeWithCode", answerRevocation},
                                 {"revokeCard", answerRevokeCard},
                                 {"recordUnblocked", answerUnblocked},
                                 {"destroyCard", answerDestroyCard},
                                 {"listApprovals", answerApprovals, true},
                                 {"showApproval", answerApproval},
                                 {"grantApproval", answerGrant},
                                 {"refuseApproval", answerRefuse},
                                 {"listEvents", answerEvents, true},
                                 {"followEvents", answerEventStream, true},
                                 {"listAudit", answerAudit, true}};

const Operation& operationNamed(std::string_view operation) {
    for (const auto& each : Operations) {
        if (each.name == operation) return each;
    }
    throw Failure{Fault::Defect, "nothing serves the operation " + std::string{operation}};
}

/// What only shows is of one moment, however many verbs of the ledger it takes.
Answer carryOut(const Operation& operation, const Workplace& place, const Request& request) {
    if (!operation.readsQuery) {
        const Query none{request.query, {}};
        if (!none.objection().empty()) return problem(400, none.objection(), request.id);
    }
    if (request.method != "GET") return operation.handler(place, request);
    Answer answer;
    place.ledger.atOneMoment([&] { answer = operation.handler(place, request); });
    return answer;
}

Answer answerTo(const Workplace& place, const Failure& failure, const Request& request) {
    switch (failure.fault()) {
        case Fault::OrderUnusable: return problem(422, failure.what(), request.id);
        case Fault::RequestRefused: return problem(409, failure.what(), request.id);
        case Fault::LedgerUnwritable:
            place.stopStation(failure);
            return problem(503,
                           "the station cannot write its ledger, or a folder, and stops. Ask again "
                           "under the same id when it has been mended" +
                               lookUp(Fault::LedgerUnwritable),
                           request.id);
        case Fault::LetterUnusable:
        case Fault::TokenUnavailable: {
            auto answer = problem(503,
                                  "the station cannot do this now; its log tells why, under this "
                                  "request",
                                  request.id);
            answer.why = failure.what();
            return answer;
        }
        default: {
            auto answer = problem(
                500, "a defect of the station; its log tells more, under this request", request.id);
            answer.why = failure.what();
            return answer;
        }
    }
}

}  // namespace

Answer serve(const Workplace& place, const Right& right, const Request& request) {
    Answer answer;
    try {
        return carryOut(operationNamed(right.operation), place, request);
    } catch (const Failure& failure) {
        answer = answerTo(place, failure, request);
    } catch (const std::exception& defect) {
        answer = answerTo(place, Failure{Fault::Defect, defect.what()}, request);
    }
    if (answer.status >= 500) {
        place.tell("request " + request.id + " (" + std::string{right.operation} +
                   ") failed: " + answer.why);
    }
    return answer;
}

Answer jsonAnswer(const Poco::JSON::Object& body, int status) {
    std::ostringstream text;
    body.stringify(text);
    Answer answer;
    answer.status = status;
    answer.body = text.str() + "\n";
    return answer;
}

}  // namespace zegel::station
