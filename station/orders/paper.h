#pragma once

#include "station/orders/strict_object.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <istream>
#include <string>

namespace zegel::station {

/// One small JSON object that a person or the order system lays out: at most 16 KiB. `fields` are
/// all it may have, beside "$schema"; `read` takes them out and complains of what is wrong.
/// `source` stands in messages. Errors: OrderUnusable naming line, field and what to do, everything
/// at once.
void readPaper(std::istream& in, const std::string& source, StrictObject::Fields fields,
               const std::function<void(const StrictObject&)>& read);

/// The stream of such a file. Errors: OrderUnusable when it cannot be opened.
std::ifstream openPaper(const std::filesystem::path& file);

}  // namespace zegel::station
