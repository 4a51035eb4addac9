#pragma once

#include "station/orders/strict_object.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <istream>
#include <string>

namespace zegel::station {

/// One small JSON object that a person or the order system lays out: at most 16 KiB. `fields` are
/// all it may have, "$schema" and its own id among them; `kind` is the id's field, and this gives
/// the id; `read` takes the others out and complains of what is wrong. `source` stands in messages.
/// Errors: OrderUnusable naming the paper, line, field and what to do, everything at once.
std::string readPaper(std::istream& in, const std::string& source, std::string_view kind,
                      StrictObject::Fields fields,
                      const std::function<void(const StrictObject&)>& read);

/// The stream of such a file. Errors: OrderUnusable when it cannot be opened.
std::ifstream openPaper(const std::filesystem::path& file);

}  // namespace zegel::station
