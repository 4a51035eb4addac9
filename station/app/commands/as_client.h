#pragma once

#include "station/app/api_client.h"
#include "station/app/arguments.h"

#include <functional>
#include <string>

namespace zegel::station {

/// Lets `ask` talk with the station's API in the name of whoever --as names: that file, else the
/// one in ZEGEL_AS, else the station's own settings where they have a table [client]. Gives the
/// exit status: that of `ask`, or NoStation when the station did not answer.
/// Commands that use this have the option "as".
int asClient(const Arguments& arguments, const std::function<int(ApiClient& station)>& ask);

/// Whether --as or ZEGEL_AS names a client: what could also go through the inbox then goes over the
/// API, in the name of a certificate.
bool namesClient(const Arguments& arguments);

/// Sends `body` to a verb of the API that decides something, and prints what it came to as the
/// inbox would. Errors: RequestRefused when --by says who decides: the certificate does.
int decideAsClient(const Arguments& arguments, const std::string& path,
                   const Poco::JSON::Object& body);

/// The reference of this request: --id, else one that is drawn. With --id a request that was not
/// answered can be sent once more, and is done once.
std::string requestId(const Arguments& arguments, const std::string& kind);

/// Prints a refusal, or `done` of what was done; gives the exit status.
int tell(const ApiClient::Said& said,
         const std::function<void(const Poco::JSON::Object& body)>& done);

/// What such a command takes besides its own.
Poco::JSON::Object givenBody(const Arguments& arguments, const std::string& kind);

}  // namespace zegel::station
