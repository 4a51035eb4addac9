#pragma once

#include "drivers/base/bytes.h"
#include "pinmailer/press/post/letters_desk.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace zegel::press {

/// A page of letters, and where the next one begins.
struct LettersPage {
    std::vector<ListedLetter> letters;
    std::optional<std::string> next;
};

/// Errors of both: StationUnavailable when it is not what the API's description says.
LettersPage lettersPageIn(ByteView json);
ListedLetter letterIn(ByteView json);

/// Why the sheet of a letter is to be destroyed, as an answer to an act tells; empty when it is
/// not. Errors: as above.
std::string noSheetIn(ByteView json);

/// "detail (request 0123456789ABCDEF)" of problem details (RFC 9457); empty when it is none.
std::string problemIn(ByteView json);

/// {"name": "value", …}
Bytes objectOf(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace zegel::press
