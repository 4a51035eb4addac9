#include "station/api/rights.h"

#include "drivers/base/hex.h"

#include <algorithm>

namespace zegel::station {
namespace {

using enum Role;

constexpr bool AnyCertificate = true;
constexpr bool WithRole = false;

/// Where every order stands; the print room sees letters only.
constexpr RoleSet Followers{OrderSystem, Operator, Dispatch, Supervisor, Auditor, Administrator};
constexpr RoleSet Workshop{Operator, Supervisor, Auditor, Administrator};

constexpr RoleSet CardRooms{Operator, Dispatch, Supervisor, Auditor, Administrator};
/// Whoever has to do with letters on paper, and who looks over their shoulders.
constexpr RoleSet LetterRooms{PrintRoom, Dispatch, Supervisor, Auditor, Administrator};
constexpr RoleSet PrintRoomOnly{PrintRoom};
constexpr RoleSet EventReaders{OrderSystem, Operator, Supervisor, Auditor, Administrator};

/// Whoever may ask for something that takes two, and those who see everything. What each sees of
/// it, and who may grant what, is told in four_eyes.cpp.
constexpr RoleSet Askers{Operator, Dispatch, PrintRoom, Supervisor};
constexpr RoleSet ApprovalReaders{Operator,   Dispatch, PrintRoom,
                                  Supervisor, Auditor,  Administrator};

constexpr Right Rights[]{
    {"GET", "/health", "health", AnyCertificate, {}},
    {"GET", "/metrics", "metrics", AnyCertificate, {}},
    {"GET", "/v1/openapi.json", "describe", AnyCertificate, {}},
    {"POST", "/v1/batches", "sendBatch", WithRole, {OrderSystem}, Body::Batch},
    {"GET", "/v1/batches", "listBatches", WithRole, Followers},
    {"GET", "/v1/batches/{batch}", "showBatch", WithRole, Followers},
    {"GET", "/v1/batches/{batch}/orders", "listOrders", WithRole, Followers},
    {"GET", "/v1/batches/{batch}/report", "reportBatch", WithRole, Followers},
    {"POST",
     "/v1/batches/{batch}/cancel",
     "cancelBatch",
     WithRole,
     {OrderSystem, Supervisor},
     Body::Small},
    {"POST",
     "/v1/batches/{batch}/hold",
     "holdBatch",
     WithRole,
     {OrderSystem, Operator, Supervisor},
     Body::Small},
    {"POST",
     "/v1/batches/{batch}/release",
     "releaseBatch",
     WithRole,
     {Operator, Supervisor},
     Body::Small},
    {"GET", "/v1/orders/{order}", "showOrder", WithRole, Followers},
    {"POST",
     "/v1/orders/{order}/cancel",
     "cancelOrder",
     WithRole,
     {OrderSystem, Supervisor},
     Body::Small},
    {"POST",
     "/v1/orders/{order}/reject",
     "rejectOrder",
     WithRole,
     {OrderSystem, Supervisor},
     Body::Small},
    {"POST",
     "/v1/orders/{order}/hold",
     "holdOrder",
     WithRole,
     {OrderSystem, Operator, Supervisor},
     Body::Small},
    {"POST",
     "/v1/orders/{order}/release",
     "releaseOrder",
     WithRole,
     {Operator, Supervisor},
     Body::Small},
    {"GET", "/v1/cards", "listCards", WithRole, CardRooms},
    {"GET", "/v1/cards/{serial}", "showCard", WithRole, CardRooms},
    {"GET", "/v1/readers", "listReaders", WithRole, Workshop},
    {"POST",
     "/v1/readers/{reader}/bind",
     "bindReader",
     WithRole,
     {Operator, Supervisor},
     Body::Small},
    {"POST",
     "/v1/readers/{reader}/free",
     "freeReader",
     WithRole,
     {Operator, Supervisor},
     Body::Small},
    {"POST",
     "/v1/readers/{reader}/resume",
     "resumeReader",
     WithRole,
     {Operator, Supervisor},
     Body::Small},
    {"GET", "/v1/letters", "listLetters", WithRole, LetterRooms},
    {"GET", "/v1/letters/{letter}", "showLetter", WithRole, LetterRooms},
    {"POST", "/v1/letters/{letter}/take", "takeLetter", WithRole, PrintRoomOnly, Body::Small},
    {"POST", "/v1/letters/{letter}/fetched", "recordFetched", WithRole, PrintRoomOnly, Body::Small},
    {"POST", "/v1/letters/{letter}/give-back", "giveBackLetter", WithRole, PrintRoomOnly,
     Body::Small},
    {"POST", "/v1/letters/{letter}/printed", "recordPrinted", WithRole, PrintRoomOnly, Body::Small},
    {"POST", "/v1/letters/{letter}/uncertain", "recordUncertain", WithRole, PrintRoomOnly,
     Body::Small},
    {"POST",
     "/v1/letters/{letter}/settle",
     "settleLetter",
     WithRole,
     {PrintRoom, Supervisor},
     Body::Small},
    {"POST", "/v1/letters/{letter}/posted", "recordPosted", WithRole, PrintRoomOnly, Body::Small},
    {"POST",
     "/v1/letters/{letter}/returned",
     "recordLetterReturned",
     WithRole,
     {PrintRoom, Dispatch},
     Body::Small},
    {"POST",
     "/v1/letters/{letter}/reprint",
     "reprintLetter",
     WithRole,
     {PrintRoom, Dispatch, Supervisor},
     Body::Small},
    {"POST",
     "/v1/letters/{letter}/reissue",
     "reissueCodes",
     WithRole,
     {PrintRoom, Dispatch, Supervisor},
     Body::Small},
    {"POST",
     "/v1/letters/{letter}/abandoned",
     "settleAbandoned",
     WithRole,
     {Supervisor},
     Body::Small},
    {"POST", "/v1/orders/{order}/dispatch", "dispatchCard", WithRole, {Dispatch}, Body::Small},
    {"POST",
     "/v1/orders/{order}/returned",
     "recordCardReturned",
     WithRole,
     {Dispatch},
     Body::Small},
    {"GET", "/v1/loans", "listLoans", WithRole, Followers},
    {"POST",
     "/v1/loans/{serial}/returned",
     "recordLoanReturned",
     WithRole,
     {Dispatch},
     Body::Small},
    {"GET", "/v1/exceptions", "listExceptions", WithRole, Workshop},
    {"POST",
     "/v1/exceptions/certificates/{transaction}",
     "settleDoubt",
     WithRole,
     {Supervisor},
     Body::Small},
    {"POST", "/v1/receipts", "sendReceipt", WithRole, {OrderSystem, Dispatch}, Body::Small},
    {"POST",
     "/v1/revocations",
     "revokeWithCode",
     WithRole,
     {OrderSystem, Operator, Dispatch},
     Body::Secret},
    {"POST",
     "/v1/orders/{order}/revoke",
     "revokeCard",
     WithRole,
     {Operator, Supervisor},
     Body::Small},
    {"POST",
     "/v1/cards/{serial}/unblocked",
     "recordUnblocked",
     WithRole,
     {Operator, Dispatch, Supervisor},
     Body::Small},
    {"POST",
     "/v1/cards/{serial}/destroyed",
     "destroyCard",
     WithRole,
     {Operator, Dispatch, Supervisor},
     Body::Small},
    {"GET", "/v1/approvals", "listApprovals", WithRole, ApprovalReaders},
    {"GET", "/v1/approvals/{approval}", "showApproval", WithRole, ApprovalReaders},
    {"POST",
     "/v1/approvals/{approval}/grant",
     "grantApproval",
     WithRole,
     {Operator, Dispatch, Supervisor},
     Body::Small},
    {"POST", "/v1/approvals/{approval}/refuse", "refuseApproval", WithRole, Askers, Body::Small},
    {"GET", "/v1/events", "listEvents", WithRole, EventReaders},
    {"GET", "/v1/events/stream", "followEvents", WithRole, EventReaders},
    {"GET", "/v1/audit", "listAudit", WithRole, {Auditor, Administrator}},
};

std::vector<std::string_view> segmentsOf(std::string_view path) {
    std::vector<std::string_view> segments;
    for (std::size_t at = 0; at <= path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        segments.push_back(path.substr(at, end - at));
        at = end + 1;
    }
    return segments;
}

bool isParameter(std::string_view segment) {
    return segment.starts_with('{');
}

bool fits(const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& path) {
    return std::ranges::equal(pattern, path, [](std::string_view wanted, std::string_view said) {
        return isParameter(wanted) ? !said.empty() : wanted == said;
    });
}

}  // namespace

std::span<const Right> rights() noexcept {
    return Rights;
}

std::optional<std::string> percentDecoded(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto octet = static_cast<unsigned char>(text[at]);
        if (text[at] == '%') {
            const auto decoded = fromHex(text.substr(at + 1, 2));
            if (!decoded || decoded->size() != 1) return std::nullopt;
            octet = decoded->front();
            at += 2;
        }
        if (octet < 0x20 || octet == 0x7F) return std::nullopt;
        plain += static_cast<char>(octet);
    }
    return plain;
}

std::optional<Endpoint> endpointFor(std::string_view method, std::string_view path) {
    const auto segments = segmentsOf(path);
    std::optional<Endpoint> found;
    for (const auto& right : Rights) {
        const auto pattern = segmentsOf(right.path);
        if (!fits(pattern, segments)) continue;
        if (!found) found.emplace();
        found->allowed += (found->allowed.empty() ? "" : ", ") + std::string{right.method};
        if (right.method != method) continue;
        found->right = &right;
        for (std::size_t i = 0; i < pattern.size(); ++i) {
            if (!isParameter(pattern[i])) continue;
            auto plain = percentDecoded(segments[i]);
            if (!plain) return std::nullopt;
            found->parameters.push_back(*std::move(plain));
        }
    }
    return found;
}

}  // namespace zegel::station
