#pragma once

#include <span>
#include <string>
#include <string_view>

namespace zegel::press {

/// A place that a kind of letter may have for something that differs from letter to letter.
struct FieldRule {
    enum class Need { Always, WithPuk, MayBe };
    enum class Form { Words, Day, Code };

    std::string_view name;
    Need need = Need::Always;
    Form form = Form::Words;
    std::string_view fullest;  ///< what the place must have room for
};

/// What a letter may be about in more than one way, never printed itself: the words that
/// `zegel:when` may ask for, one of which holds.
struct Choice {
    std::string_view field;
    std::span<const std::string_view> words;
    bool always = true;  ///< every letter of the kind makes it
};

/// What templates of one kind have in common. The kinds stand in config/letters/README.md.
struct LetterKind {
    std::string_view name;  ///< as `zegel:kind` says it
    bool codes = false;     ///< a kind without codes is a note
    std::span<const FieldRule> fields;
    std::span<const Choice> choices;

    /// Nothing when this kind has no such field.
    const FieldRule* field(std::string_view wanted) const;
    const Choice* choice(std::string_view wanted) const;
    /// Whether `zegel:when` may ask for it on this kind.
    bool knowsWord(std::string_view word) const;
    /// "a, b": every word that `zegel:when` may ask for.
    std::string wordList() const;
};

inline constexpr std::string_view PinLetter = "pin-letter";

std::span<const LetterKind> letterKinds();
/// Nothing when there is no such kind.
const LetterKind* kindNamed(std::string_view name);

}  // namespace zegel::press
