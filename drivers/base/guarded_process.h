#pragma once

namespace zegel {

/// For a program that holds codes or keys: no core dumps, no peeking by other processes of the same
/// user, memory kept out of swap, and whatever libcrypto frees is wiped first. Call it as the first
/// thing in main, before any OpenSSL call.
///
/// Gives false when memory could not be locked (RLIMIT_MEMLOCK); the rest always holds, or a
/// Failure{Defect} says what does not.
bool guardThisProcess();

}  // namespace zegel
