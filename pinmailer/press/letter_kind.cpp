#include "pinmailer/press/letter_kind.h"

#include <algorithm>
#include <array>

namespace zegel::press {
namespace {

using Need = FieldRule::Need;
using Form = FieldRule::Form;

// What a field must have room for: the longest of its sort, in the widest letters where anybody
// may choose them.
constexpr std::string_view Address =
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n"
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n"
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";
constexpr std::string_view Name =  // RFC 5280: 64 characters in a name or organisation
    "WWWWWWWW WWWWWWW WWWWWWW WWWWWWW WWWWWWW WWWWWWW WWWWWWW WWWWWWW";
constexpr std::string_view Reference =
    "0000000000000000000000000000000000000000000000000000000000000000";
constexpr std::string_view Number = "WWWWWWWW-00-00000000-00";
constexpr std::string_view NumberEnd = "WWWW-WWWW";
constexpr std::string_view Serial = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW";
constexpr std::string_view Chip = "family-0000000000000000000000000000000000000000";
constexpr std::string_view Track = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW";
constexpr std::string_view Tries = "255";
constexpr std::string_view Day = "30 september 2026";
constexpr std::string_view Digits = "000000000000";
constexpr std::string_view Symbols = "WWWWWWWWWWWWWWWWWWWWWWWW";
constexpr auto ReasonLetters = [] {  // ten lines of 92, whatever the words are
    std::array<char, 930> letters{};
    for (std::size_t at = 0; at < letters.size(); ++at) {
        letters.at(at) = at % 93 == 92 ? ' ' : 'n';
    }
    return letters;
}();
constexpr std::string_view Reason{ReasonLetters.data(), ReasonLetters.size() - 1};

constexpr FieldRule words(std::string_view name, std::string_view fullest,
                          Need need = Need::Always) {
    return {name, need, Form::Words, fullest};
}

constexpr FieldRule day(std::string_view name, Need need) {
    return {name, need, Form::Day, Day};
}

constexpr std::array PinLetterFields{words("address", Address),
                                     words("certificate-name", Name),
                                     words("organisation", Name),
                                     words("certificate-number-end", NumberEnd),
                                     words("order", Reference),
                                     words("letter", Reference),
                                     FieldRule{"pin", Need::Always, Form::Code, Digits},
                                     words("pin-tries", Tries),
                                     FieldRule{"puk", Need::WithPuk, Form::Code, Digits},
                                     words("puk-tries", Tries, Need::WithPuk),
                                     FieldRule{"revocation", Need::Always, Form::Code, Symbols},
                                     day("date", Need::MayBe)};

constexpr std::array DispatchFields{
    words("address", Address),           words("order", Reference),
    words("organisation", Name),         words("certificate-name", Name),
    words("certificate-number", Number), words("chip-number", Chip, Need::MayBe),
    words("track", Track, Need::MayBe),  words("loan-serial", Serial, Need::MayBe),
    day("receive-by", Need::MayBe),      day("date", Need::MayBe)};

constexpr std::array LoanFields{words("address", Address),
                                words("order", Reference),
                                words("organisation", Name),
                                words("certificate-name", Name),
                                words("certificate-number", Number),
                                words("loan-serial", Serial),
                                day("date", Need::MayBe)};

constexpr std::array RejectionFields{words("address", Address),   words("order", Reference),
                                     words("organisation", Name), words("certificate-name", Name),
                                     words("reason", Reason),     day("date", Need::MayBe)};

constexpr std::array ReminderFields{words("address", Address),
                                    words("order", Reference),
                                    words("organisation", Name),
                                    words("certificate-name", Name),
                                    words("certificate-number", Number),
                                    day("receive-by", Need::Always),
                                    day("date", Need::MayBe)};

constexpr std::array<std::string_view, 2> Carriers{"smart-card", "usb-token"};
constexpr std::array<std::string_view, 2> Releases{"after-receipt", "after-dispatch"};
constexpr std::array<std::string_view, 2> Loans{"loan-reader", "loan-token"};

constexpr Choice Carrier{"carrier", Carriers};
constexpr Choice Release{"release", Releases, false};

constexpr std::array PinLetterChoices{Carrier};
constexpr std::array DispatchChoices{Carrier, Release, Choice{"loan-kind", Loans, false}};
constexpr std::array LoanChoices{Carrier, Choice{"loan-kind", Loans}};
constexpr std::array RejectionChoices{Carrier};
constexpr std::array ReminderChoices{Carrier, Release};

constexpr std::array Kinds{
    LetterKind{PinLetter, true, PinLetterFields, PinLetterChoices},
    LetterKind{"dispatch-note", false, DispatchFields, DispatchChoices},
    LetterKind{"loan-note", false, LoanFields, LoanChoices},
    LetterKind{"rejection-notice", false, RejectionFields, RejectionChoices},
    LetterKind{"reminder", false, ReminderFields, ReminderChoices},
};

constexpr std::string_view With = "with-";
constexpr std::string_view Without = "without-";

}  // namespace

const FieldRule* LetterKind::field(std::string_view wanted) const {
    const auto found = std::ranges::find(fields, wanted, &FieldRule::name);
    return found == fields.end() ? nullptr : &*found;
}

const Choice* LetterKind::choice(std::string_view wanted) const {
    const auto found = std::ranges::find(choices, wanted, &Choice::field);
    return found == choices.end() ? nullptr : &*found;
}

bool LetterKind::knowsWord(std::string_view word) const {
    if (codes && (word == "puk" || word == "no-puk")) return true;
    for (const auto& each : choices) {
        if (std::ranges::count(each.words, word) != 0) return true;
    }
    const auto start = word.starts_with(With)      ? With.size()
                       : word.starts_with(Without) ? Without.size()
                                                   : word.size();
    const auto* optional = codes ? nullptr : field(word.substr(start));
    return optional != nullptr && optional->need == Need::MayBe;
}

std::string LetterKind::wordList() const {
    std::string list = codes ? "puk, no-puk" : "";
    const auto add = [&](std::string_view word) {
        list.append(list.empty() ? "" : ", ").append(word);
    };
    for (const auto& each : choices) {
        std::ranges::for_each(each.words, add);
    }
    for (const auto& each : fields) {
        if (codes || each.need != Need::MayBe) continue;
        add(std::string{With}.append(each.name));
        add(std::string{Without}.append(each.name));
    }
    return list;
}

std::span<const LetterKind> letterKinds() {
    return Kinds;
}

const LetterKind* kindNamed(std::string_view name) {
    const auto found = std::ranges::find(Kinds, name, &LetterKind::name);
    return found == Kinds.end() ? nullptr : &*found;
}

}  // namespace zegel::press
