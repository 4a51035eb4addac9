#pragma once

#include "station/api/waiting.h"

#include <filesystem>
#include <vector>

namespace zegel::station {

/// The batches and receipts in the inbox from which nothing was taken, for as long as they lie
/// there, the newest first. Not what somebody asked at the command line, who was told at once.
std::vector<RefusedFile> refusedFiles(const std::filesystem::path& inbox);

}  // namespace zegel::station
