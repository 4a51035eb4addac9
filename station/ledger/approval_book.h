#pragma once

#include "station/ledger/ledger.h"
#include "station/ledger/person.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zegel::station {

enum class ApprovalState {
    Open,  ///< waits for a second person
    Granted,
    Refused,
    Expired  ///< nobody answered in time, or its card was revoked meanwhile
};

std::string_view nameOf(ApprovalState state) noexcept;  // "open"
std::optional<ApprovalState> approvalStateNamed(std::string_view name) noexcept;

/// An act for which one person is not enough.
struct ApprovalWish {
    std::string id;       ///< a reference of who asks; one wish has one
    std::string act;      ///< "revoke-card"
    std::string subject;  ///< an order, card or letter, by its id
    std::string detail;   ///< what the act needs besides, in its own form; empty when nothing
    Person asker;
    std::string why;
    std::chrono::seconds lasts{};  ///< from now on, until it expires
};

/// The same in the ledger, and what became of it.
struct Approval {
    std::int64_t row = 0;
    std::string id;
    std::string act;
    std::string subject;
    std::string detail;
    /// The chip that it was asked for, by its serial, and of a letter that was left behind how it
    /// was taken; it is done to no other.
    std::string card;
    Person asker;
    std::string why;
    TimePoint at{};
    TimePoint expires{};
    ApprovalState state{};
    std::optional<Person> second;  ///< who granted or refused
    std::string answer;            ///< the second person's reason, or why there is none
    std::optional<TimePoint> ended;
};

/// Both persons of a granted one, for the audit trail: "first and second".
std::string bothOf(const Approval& approval);

/// What the second person says.
struct ApprovalAnswer {
    std::string id;        ///< a reference of who answers; one answer has one
    std::string approval;  ///< which wish
    bool grants = false;
    Person second;
    std::string why;
};

/// Acts for which one person is not enough: asked for by one, done when another one agrees. As the
/// ledger's, each verb is one transaction.
class ApprovalBook {
public:
    explicit ApprovalBook(Store& store) : store_(store) {}

    /// The same wish again, by its id, changes nothing and gives what became of it. Errors:
    /// RequestRefused when the act is not possible as things are or waits already, the certificate
    /// names nobody, or the id was another wish's; Defect when nobody knows the act
    /// (approved_acts.h).
    Approval ask(const ApprovalWish& wish);
    /// Granting does the act in the same transaction; who asked may refuse, which takes it back.
    /// The same answer again changes nothing. Errors: RequestRefused when nothing waits any more,
    /// the second person is the first by name or certificate, the act is not possible any more, its
    /// order has another card by now, or the id was another answer's.
    Approval answer(const ApprovalAnswer& answer);
    /// Those that nobody answered in time; gives how many.
    std::size_t expire();

    std::optional<Approval> approval(const std::string& id);
    /// Those behind the row `after`, as they came.
    std::vector<Approval> approvals(std::optional<ApprovalState> state, std::int64_t after,
                                    std::size_t limit);

private:
    Store& store_;
};

}  // namespace zegel::station
