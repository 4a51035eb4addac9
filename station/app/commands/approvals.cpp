#include "drivers/base/failure.h"
#include "station/app/commands/approved.h"
#include "station/app/commands/as_client.h"
#include "station/app/commands/command.h"
#include "station/app/commands/reports.h"
#include "station/app/commands/seen_station.h"
#include "station/app/printed.h"

#include <iostream>

namespace zegel::station {
namespace {

using Poco::JSON::Object;

std::string nameOf(const Object& approval, const std::string& whose) {
    const auto person = approval.getObject(whose);
    return person ? text(*person, "name") : "-";
}

std::string tableOf(const std::vector<Object>& approvals) {
    std::vector<std::vector<std::string>> rows{
        {"APPROVAL", "ACT", "OF", "STATE", "ASKED BY", "EXPIRES", "SECOND", "WHY"}};
    for (const auto& approval : approvals) {
        const auto detail = text(approval, "detail");
        const auto expires = expiryOf(approval);
        rows.push_back({text(approval, "approval"), text(approval, "act"),
                        text(approval, "subject"), text(approval, "state"),
                        nameOf(approval, "asker"), expires.empty() ? "-" : expires,
                        nameOf(approval, "second"),
                        text(approval, "reason") + (detail.empty() ? "" : " (" + detail + ")")});
    }
    return asTable(rows);
}

int answer(const Arguments& arguments, const std::string& act) {
    if (arguments.words().size() != 2) {
        throw Failure{Fault::RequestRefused,
                      "say which approval: zegel approval " + act + " APPROVAL --why TEXT"};
    }
    const auto path = "/v1/approvals/" + urlSegment(arguments.words()[1]) + "/" + act;
    const auto body = givenBody(arguments, "answer");
    return asClient(arguments, [&](ApiClient& station) {
        return tell(station.post(path, body), [&](const Object& approval) {
            std::cout << text(approval, "act") << " of " << text(approval, "subject") << " is "
                      << text(approval, "state") << '\n';
        });
    });
}

}  // namespace

std::string expiryOf(const Object& approval) {
    auto expires = text(approval, "expires");
    return expires.starts_with("9999-") ? "" : expires;
}

void tellAsked(const Object& approval) {
    const auto expires = expiryOf(approval);
    const bool waits = text(approval, "state") == "open";
    std::cout << text(approval, "act") << " of " << text(approval, "subject")
              << (waits
                      ? " waits for a second person" + (expires.empty() ? "" : " until " + expires)
                      : " is " + text(approval, "state"))
              << '\n';
    const auto meaning = text(approval, "meaning");
    if (!meaning.empty()) std::cout << folded(meaning, "  ");
    if (!waits) return;
    std::cout << "  zegel approval grant " << text(approval, "approval") << " --why TEXT\n";
}

int runApprovals(const Arguments& arguments) {
    const auto state = arguments.choice("state", {"open", "granted", "refused", "expired"});
    return asClient(arguments, [&](ApiClient& station) {
        std::vector<Object> approvals;
        const auto said = station.list("/v1/approvals" + (state ? "?state=" + *state : ""),
                                       "approvals", approvals);
        return tell(said, [&](const Object&) {
            if (arguments.has("json")) return printJson(listed("approvals", approvals));
            std::cout << (approvals.empty() ? "nothing waits for a second person\n"
                                            : tableOf(approvals));
        });
    });
}

int runApproval(const Arguments& arguments) {
    if (arguments.words().empty()) {
        throw Failure{Fault::RequestRefused, "say which: zegel approval APPROVAL"};
    }
    const auto& first = arguments.words().front();
    if (first == "grant" || first == "refuse") return answer(arguments, first);
    return asClient(arguments, [&](ApiClient& station) {
        return tell(station.get("/v1/approvals/" + urlSegment(first)), [&](const Object& approval) {
            if (arguments.has("json")) return printJson(approval);
            std::cout << tableOf({approval}) << folded(text(approval, "meaning"), "  ");
            if (const auto answer = text(approval, "answer"); !answer.empty())
                std::cout << folded(text(approval, "state") + ": " + answer, "  ");
        });
    });
}

}  // namespace zegel::station
