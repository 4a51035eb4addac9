#pragma once

#include "config/named_paths.h"
#include "config/settings.h"

#include <optional>

namespace zegel::config {

/// The table [api], when there is one. Errors: SettingUnusable.
std::optional<ApiSettings> apiIn(const StrictTable& file, const Paths& paths);

}  // namespace zegel::config
