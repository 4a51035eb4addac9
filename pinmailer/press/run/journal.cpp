#include "pinmailer/press/run/journal.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/failure.h"
#include "pinmailer/press/run/journal_line.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <tuple>
#include <unistd.h>

namespace zegel::press {
namespace {

constexpr const char* FileName = "letters.journal";
constexpr int FirstEdition = 1;       // not said in lines of before there were others
constexpr std::size_t MostWords = 4;  // when, what, which letter, and what belongs to it

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
    throw Failure{Fault::LedgerUnwritable, "the print room's journal " + file.string() + " " + why};
}

void expect(bool ok, const std::filesystem::path& file, const char* what) {
    if (ok) return;
    refuse(file, std::string{what} + ": " + std::generic_category().message(errno));
}

/// "17 ipps://…" as number and rest.
std::pair<int, std::string> numberAndRest(const std::string& text) {
    int number = 0;
    const auto* const end = text.data() + text.size();
    const auto* const stopped = std::from_chars(text.data(), end, number).ptr;
    return {number, stopped < end ? std::string{stopped + 1, end} : std::string{}};
}

}  // namespace

Journal::Journal(const std::filesystem::path& folder, const Clock& clock)
    : file_(folder / FileName), clock_(clock) {
    std::error_code wrong;
    const bool isNew = std::filesystem::create_directories(folder, wrong);
    if (wrong) refuse(file_, "has no folder: " + wrong.message());
    if (isNew) ::chmod(folder.c_str(), S_IRWXU);
    descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
                         S_IRUSR | S_IWUSR);
    expect(descriptor_ >= 0, file_, "cannot be opened");
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        ::close(descriptor_);
        throw Failure{Fault::RequestRefused,
                      "another zegel-pinmailer is at work with the journal " + file_.string() +
                          "; wait for its end, or end it"};
    }
    try {
        read();
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
}

Journal::~Journal() {
    ::close(descriptor_);
}

void Journal::read() {
    const auto content = textOf(readFile(file_));
    std::string_view rest = content;
    std::size_t whole = 0;
    for (int number = 1; !rest.empty(); ++number) {
        const auto end = rest.find('\n');
        const auto words = end == std::string_view::npos
                               ? std::nullopt
                               : wordsOfLine(rest.substr(0, end), MostWords);
        if (!words) {
            if (end == std::string_view::npos) break;  // it was being written when the power went
            refuse(file_, "does not hold in line " + std::to_string(number) +
                              ": keep it, and settle the letters that the station has as printing");
        }
        apply(*words);
        whole += end + 1;
        rest.remove_prefix(end + 1);
    }
    if (whole == content.size()) return;
    expect(::ftruncate(descriptor_, static_cast<off_t>(whole)) == 0, file_, "cannot be mended");
    expect(::fsync(descriptor_) == 0, file_, "cannot be flushed");
}

void Journal::apply(const std::vector<std::string>& words) {
    if (words.size() < 3) refuse(file_, "holds a line of another version of this program");
    const auto& mark = words[1];
    const LetterId letter{words[2]};
    const auto more = words.size() > 3 ? words[3] : std::string{};
    if (mark == "asked") {
        for (const auto& known : open_) {
            const bool going = known.milestone >= Milestone::Sending;
            if (known.letter == letter && going)
                refuse(file_, "asks for letter " + letter.value() + " while its end is not known");
        }
        std::erase_if(open_, [&](const OpenLetter& known) { return known.letter == letter; });
        open_.push_back({letter, more, Milestone::Asked, {}, 0, 0, {}});
        return;
    }
    auto& known = find(letter);
    if (mark == "created") {
        known.milestone = Milestone::Created;
        std::tie(known.job, known.printer) = numberAndRest(more);
    } else if (mark == "unsent") {
        known.milestone = Milestone::Created;
        sent_[letter.value()] = known.sentBefore;
    } else if (mark == "sending") {
        known.milestone = Milestone::Sending;
        known.sentBefore = lastSent(letter);
        sent_[letter.value()] = more.empty() ? FirstEdition : numberAndRest(more).first;
    } else if (mark == "sent") {
        known.milestone = Milestone::Sent;
    } else if (mark == "printed") {
        known.milestone = Milestone::Printed;
    } else if (mark == "uncertain" || mark == "given-back") {
        known.milestone = mark == "uncertain" ? Milestone::Uncertain : Milestone::GivenBack;
        known.reason = more;
    } else if (mark == "told" || mark == "set-aside") {
        std::erase_if(open_, [&](const OpenLetter& one) { return one.letter == letter; });
    } else {
        refuse(file_, "holds the word \"" + mark + "\" of another version of this program");
    }
}

void Journal::write(std::string_view mark, const LetterId& letter, const std::string& more) {
    std::vector<std::string> words{toRfc3339(clock_.now()), std::string{mark}, letter.value()};
    if (!more.empty()) words.push_back(more);
    const auto line = journalLine(words);
    struct stat before {};
    expect(::fstat(descriptor_, &before) == 0, file_, "cannot be looked at");
    const auto written = ::write(descriptor_, line.data(), line.size());
    const bool whole = written == static_cast<ssize_t>(line.size()) && ::fsync(descriptor_) == 0;
    const auto wrong = errno;
    // Half a line must not stand before the next one.
    if (!whole && written > 0 && ::ftruncate(descriptor_, before.st_size) != 0)
        refuse(file_, "cannot be written, and holds half a line now");
    errno = written >= 0 && wrong == 0 ? ENOSPC : wrong;
    expect(whole, file_, "cannot be written");
    if (before.st_size == 0) flushDurably(file_.parent_path());
    apply(*wordsOfLine(std::string_view{line}.substr(0, line.size() - 1), MostWords));
}

OpenLetter& Journal::find(const LetterId& letter) {
    const auto found = std::ranges::find(open_, letter, &OpenLetter::letter);
    if (found == open_.end()) refuse(file_, "tells of letter " + letter.value() + " out of turn");
    return *found;
}

const OpenLetter& Journal::letter(const LetterId& letter) const {
    const auto found = std::ranges::find(open_, letter, &OpenLetter::letter);
    if (found != open_.end()) return *found;
    throw Failure{Fault::Defect, "letter " + letter.value() + " is not open in the journal"};
}

int Journal::lastSent(const LetterId& letter) const {
    const auto found = sent_.find(letter.value());
    return found == sent_.end() ? 0 : found->second;
}

void Journal::asked(const LetterId& letter, const std::string& id) {
    write("asked", letter, id);
}

void Journal::created(const LetterId& letter, int job, const std::string& printer) {
    write("created", letter, std::to_string(job) + " " + printer);
}

void Journal::unsent(const LetterId& letter) {
    write("unsent", letter);
}

void Journal::sending(const LetterId& letter, int edition) {
    write("sending", letter, std::to_string(edition));
}

void Journal::sent(const LetterId& letter) {
    write("sent", letter);
}

void Journal::printed(const LetterId& letter) {
    write("printed", letter);
}

void Journal::uncertain(const LetterId& letter, const std::string& reason) {
    write("uncertain", letter, reason);
}

void Journal::givenBack(const LetterId& letter, const std::string& reason) {
    write("given-back", letter, reason);
}

void Journal::told(const LetterId& letter) {
    write("told", letter);
}

void Journal::setAside(const LetterId& letter, const std::string& reason) {
    write("set-aside", letter, reason);
}

}  // namespace zegel::press
