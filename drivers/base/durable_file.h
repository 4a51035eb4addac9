#pragma once

#include "drivers/base/bytes.h"

#include <filesystem>

namespace zegel {

/// Writes a file whole or not at all, for its owner only (0600): beside it first, flushed to the
/// disk, then renamed over whatever had the name. What is written survives power loss.
/// Errors: LedgerUnwritable naming the file and what the system says.
void writeDurably(const std::filesystem::path& file, ByteView content);

/// The new name survives power loss. Errors: LedgerUnwritable.
void renameDurably(const std::filesystem::path& from, const std::filesystem::path& to);

/// The name is gone, also after power loss. False when there was none. Errors: LedgerUnwritable.
bool removeDurably(const std::filesystem::path& file);

/// What others wrote into the file survives power loss. Errors: LedgerUnwritable.
void flushDurably(const std::filesystem::path& file);

/// Errors: SettingUnusable naming the file.
Bytes readFile(const std::filesystem::path& file);

}  // namespace zegel
