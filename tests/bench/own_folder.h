#pragma once

#include <functional>

namespace zegel::bench {

/// Runs the work in a process of its own, with a folder of its own for temporary files, and removes
/// that folder however the work ends: also when this process is asked to end meanwhile. Gives the
/// exit status. To be called before any thread is started.
int inOwnFolder(const std::function<int()>& work);

}  // namespace zegel::bench
