#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/ids.h"
#include "pinmailer/press/post/letters_desk.h"
#include "pinmailer/press/run/journal.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::press {

/// What the id under which a letter is begun starts with, when it lay in a folder.
inline constexpr std::string_view FolderId = "folder-";

inline bool isOfFolder(const OpenLetter& open) {
    return open.id.starts_with(FolderId);
}

/// Letters that the station laid into a folder, and that somebody moved here since:
/// "<letter id>.letter", signed, the codes sealed. Errors of every call: SettingUnusable naming the
/// folder; LetterUnusable naming a file.
class LetterFolder {
public:
    explicit LetterFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

    struct Refused {
        std::string file;
        std::string why;
    };
    struct Listing {
        std::vector<LetterId> letters;  ///< in the order of their envelopes, which is the orders'
        std::vector<Refused> refused;   ///< no letter, or one that went to a printer before
    };

    /// What may be printed by this journal. No signature is checked yet.
    Listing list(const Journal& journal) const;

    bool has(const LetterId& letter) const;
    /// From now on it is ours to print, under this id, as the station knows too. Nothing, and why
    /// in `refusal`, when it is not there any more, or when the station does not have it as being
    /// printed now, in this edition, of a card that is of use, or somebody took it before: a file
    /// says nothing of what happened since. Errors: also those of `LettersDesk`.
    std::optional<Bytes> take(const LetterId& letter, const std::string& id, LettersDesk& desk,
                              std::string& refusal) const;
    /// It is on paper, or a person looks whether it is: the file is of no more use.
    void remove(const LetterId& letter) const;

private:
    std::filesystem::path fileOf(const LetterId& letter) const;

    std::filesystem::path folder_;
};

}  // namespace zegel::press
