#pragma once

#include "pinmailer/press/letter_press.h"
#include "tests/unit/seal/made_identity.h"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace zegel::tests {

/// The shipped templates.
inline const std::string Templates = std::string{ZEGEL_SOURCE_DIR} + "/config/letters";

/// madeLetter() with its codes, as a test changes it.
press::OpenedLetter opened(const std::function<void(seal::ReleasedLetter&, seal::Codes&)>& change =
                               [](auto&, auto&) {});

/// As PDF, by the shipped template of the first one.
Bytes printed(std::span<const press::OpenedLetter> letters, press::Offset offset = {});
Bytes printed(const press::OpenedLetter& letter, press::Offset offset = {});
Bytes printed(const press::Note& note);

struct Word {
    std::string text;
    double left;  ///< millimetres
    double top;
    double right;
    double bottom;
};

/// A letter as poppler reads it back.
class ReadBack {
public:
    explicit ReadBack(const press::OpenedLetter& letter) : ReadBack(printed(letter)) {}
    explicit ReadBack(const Bytes& pdf);

    std::string text() const;
    /// What a command says of the file, which is named last.
    std::string tool(const std::string& command) const;
    std::vector<Word> words() const;
    std::size_t size() const { return size_; }

private:
    MadeFolder folder_;
    std::size_t size_;
};

}  // namespace zegel::tests
