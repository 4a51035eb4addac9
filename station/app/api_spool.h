#pragma once

#include <filesystem>
#include <string>

namespace zegel::station {

/// Where batches lie while they come in over the API, and reports until they are sent: beside the
/// ledger, for the inbox may be another machine's, and gone.
std::filesystem::path apiSpoolOf(const std::filesystem::path& ledger);

/// Stations of before kept it in the inbox. Nothing is owed to what a stop left there: a batch was
/// said to be taken once the ledger had it, and whoever was not told so sends it again. Takes it
/// away, and nothing that somebody else laid there; says so, or nothing when there was none.
std::string clearSpoolOfBefore(const std::filesystem::path& inbox);

}  // namespace zegel::station
