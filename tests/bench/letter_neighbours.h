#pragma once

#include "pinmailer/press/opening.h"
#include "tests/bench/stopwatch.h"

#include <cstddef>
#include <optional>
#include <span>

namespace zegel::bench {

/// The first of these pages by rsvg-convert, a process a page; nothing where it is not installed.
/// They bear the same words, typefaces, codes and mark. Errors: Defect when they say something else
/// than ours (pdftotext).
std::optional<Span> neighbourDraws(std::span<const press::OpenedLetter> letters, std::size_t pages);

/// So many decryptions (RSA-OAEP) with this key by OpenSSL alone: what opening cannot be below.
Span bareDecryptions(EVP_PKEY& key, std::size_t times);

}  // namespace zegel::bench
