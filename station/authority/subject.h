#pragma once

#include "drivers/base/openssl.h"
#include "station/authority/authority.h"

#include <optional>
#include <string>

namespace zegel::station {

/// The name as it stands in a request: UTF8String, but PrintableString for country and serial
/// number (RFC 5280, appendix A.1).
/// Errors: OrderUnusable naming the attribute that is too long or cannot be written.
openssl::NamePtr nameFrom(const SubjectName& subject);

/// What differs, attribute by attribute and whatever their order: "subject commonName is …, not
/// …". Nothing when they say the same.
std::optional<std::string> differenceIn(const X509_NAME& name, const SubjectName& wanted);

}  // namespace zegel::station
