#pragma once

#include "station/api/given.h"
#include "station/api/role.h"
#include "station/api/workplace.h"
#include "station/ledger/approval_book.h"

#include <Poco/JSON/Object.h>

#include <span>
#include <string>
#include <string_view>

namespace zegel::station {

/// An act for which one person is not enough. Who may ask for it is told by the rights of its
/// operation (rights.cpp), who may be the second by this table; openapi.json repeats both, and
/// tests hold them together.
struct FourEyes {
    std::string_view act;        ///< as the ledger knows it (approved_acts.h)
    std::string_view operation;  ///< that asks for it
    RoleSet second;
    std::string_view meaning = {};  ///< what a yes brings about, where its name does not tell
};

std::span<const FourEyes> fourEyes() noexcept;

/// Whether one of these roles may ask for the act, or grant it.
bool mayAsk(std::string_view act, RoleSet client);
bool maySecond(std::string_view act, RoleSet client);

/// Whoever has to do with the act, and those who see everything, may see what waits for it.
bool maySee(const Approval& approval, RoleSet client);

/// Asks for the act in the client's name: 202, and the approval that waits for a second person; 200
/// with what became of it when the same was asked before. `detail`: what the act needs besides.
/// Errors: RequestRefused.
Answer askForSecond(const Workplace& place, const Request& request, std::string_view act,
                    const Given& given, const std::string& detail = {});

Poco::JSON::Object viewOf(const Approval& approval);

}  // namespace zegel::station
