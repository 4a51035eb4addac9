#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/ids.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::press {

/// How far one letter is, as the journal tells it. Everything up to `Created` may be done again;
/// from `Sending` on nothing is.
enum class Milestone {
    Asked,      ///< the station is, or will be, asked for it
    Created,    ///< the printer has an empty job for it
    Sending,    ///< the point of no return: from here on octets may have gone to the printer
    Sent,       ///< the printer said that it has all of it
    Printed,    ///< the printer counted its sheet
    Uncertain,  ///< a person has to look at the paper
    GivenBack,  ///< nothing went out, the station may give it to anybody
    Told        ///< the station knows the end; the letter is closed
};

/// A letter that is not closed.
struct OpenLetter {
    LetterId letter;
    std::string id;  ///< under which the station was asked for it
    Milestone milestone = Milestone::Asked;
    std::string printer;  ///< address, since `Created`
    int job = 0;
    int sentBefore = 0;  ///< the edition that was sent before this one, if any
    std::string reason;  ///< why it is uncertain or was given back
};

/// The print room's own durable memory: a file of lines in a folder of its own, each with a
/// checksum and flushed to the disk before anything follows from it. No code is ever in it, nor a
/// name: opaque ids, job numbers, and reasons. One program at a time.
/// Errors of every call: LedgerUnwritable naming the file.
class Journal {
public:
    /// Makes the folder when it is missing. A last line that was cut by a loss of power is taken
    /// off. Errors: RequestRefused when another program has it; LedgerUnwritable also for a whole
    /// line that does not hold, the last one too: it may have been the point of no return.
    Journal(const std::filesystem::path& folder, const Clock& clock);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    void asked(const LetterId& letter, const std::string& id);
    void created(const LetterId& letter, int job, const std::string& printer);
    /// What was about to be sent was not: not one octet went out.
    void unsent(const LetterId& letter);
    void sending(const LetterId& letter, int edition);
    void sent(const LetterId& letter);
    void printed(const LetterId& letter);
    void uncertain(const LetterId& letter, const std::string& reason);
    void givenBack(const LetterId& letter, const std::string& reason);
    void told(const LetterId& letter);
    /// It is closed, and stays in the journal for people: the station knows no such letter.
    void setAside(const LetterId& letter, const std::string& reason);

    /// The last edition of which octets may have gone to a printer; 0 when none did. Kept for
    /// closed letters too.
    int lastSent(const LetterId& letter) const;

    /// Those that are not closed, the oldest first.
    const std::vector<OpenLetter>& open() const noexcept { return open_; }
    /// Errors: Defect when the letter is not open.
    const OpenLetter& letter(const LetterId& letter) const;

private:
    void read();
    void apply(const std::vector<std::string>& words);
    void write(std::string_view mark, const LetterId& letter, const std::string& more = {});
    OpenLetter& find(const LetterId& letter);

    std::filesystem::path file_;
    const Clock& clock_;
    int descriptor_ = -1;
    std::vector<OpenLetter> open_;
    std::map<std::string, int> sent_;  ///< the last edition of each letter
};

}  // namespace zegel::press
