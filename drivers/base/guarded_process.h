#pragma once

#include <optional>
#include <string>

namespace zegel {

/// For a program that holds codes or keys: no core dumps, no peeking by other processes of the same
/// user, memory kept out of swap, and whatever libcrypto frees is wiped first. Call it as the first
/// thing in main, before any OpenSSL call and any thread.
///
/// Gives why memory is not locked, and what to set (RLIMIT_MEMLOCK); nothing when it is. A limit
/// that the program would run into later counts as none: what is locked must also be able to grow.
/// Threads of a locked program get small stacks. The rest always holds, or a Failure{Defect} says
/// what does not.
std::optional<std::string> guardThisProcess();

}  // namespace zegel
