#pragma once

#include "drivers/reader/reader.h"
#include "drivers/reader/relay/relay_wire.h"

#include <functional>

namespace zegel::drivers {

/// Serves the readers of `watch` to whoever holds the other end of `control`, a thread for each
/// line, until that end is closed; sessions under way are then let go. `whenLeft` is called first
/// of all then, from this thread: a service that hangs may keep the rest from ever being done.
void serveReaders(RelaySocket control, ReaderWatch& watch, const std::function<void()>& whenLeft);

}  // namespace zegel::drivers
