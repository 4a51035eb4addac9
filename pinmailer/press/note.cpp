#include "pinmailer/press/note.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/letter_words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace zegel::press {
namespace {

/// What every note has beside its named fields.
constexpr std::array OfEveryNote{"address", "date"};

[[noreturn]] void refuse(const Note& note, const std::string& why) {
    throw Failure{Fault::LetterUnusable, "the note " + note.id.value() + " " + why};
}

/// The word that `zegel:when` asks for: a loan of a "reader" is "loan-reader".
std::string wordFor(const std::string& field, const std::string& value) {
    return field == "loan-kind" ? "loan-" + value : value;
}

void expectKnown(const Note& note, const LetterKind& kind, const std::string& field,
                 const std::string& value) {
    if (const auto* choice = kind.choice(field)) {
        if (std::ranges::count(choice->words, wordFor(field, value)) != 0) return;
        refuse(note, "has " + field + " \"" + value + "\", which a " + std::string{kind.name} +
                         " cannot be about");
    }
    const auto* rule = kind.field(field);
    if (rule == nullptr || std::ranges::count(OfEveryNote, field) != 0) {
        refuse(note, "has the field " + field + ", which a " + std::string{kind.name} +
                         " has no place for");
    }
    if (value.empty()) refuse(note, "has nothing in its field " + field);
    if (rule->form == FieldRule::Form::Day && !dayFrom(value)) {
        refuse(note, "has " + field + " \"" + value + "\", which is no day like 2026-11-21");
    }
}

}  // namespace

Note noteFrom(const seal::Note& said, LetterId id) {
    Note note{std::move(id), std::string{nameOf(said.kind)}, said.language, said.address, {},
              said.madeAt};
    const auto set = [&](const char* field, const std::string& value) {
        if (!value.empty()) note.fields[field] = value;
    };
    set("order", said.orderReference);
    set("organisation", said.organisation);
    set("certificate-name", said.certificateName);
    set("certificate-number", said.certificateNumber);
    set("chip-number", said.chipNumber);
    set("carrier", said.carrier);
    set("track", said.track);
    set("loan-kind", said.loanKind);
    set("loan-serial", said.loanSerial);
    set("receive-by", said.receiveBy);
    set("reason", said.reason);
    const bool tellsOfRelease =
        said.kind == seal::NoteKind::DispatchNote || said.kind == seal::NoteKind::Reminder;
    // Only a product whose letter waits for the receipt has a day until which it is awaited.
    if (tellsOfRelease) set("release", said.receiveBy.empty() ? "after-dispatch" : "after-receipt");
    return note;
}

Variant variantOf(const Note& note) {
    Variant variant{{}, false, {"with-date"}};
    for (const auto& [field, value] : note.fields) {
        variant.also.insert("with-" + field);
        if (field == "carrier") variant.carrier = value;
        if (field == "release" || field == "loan-kind") {
            variant.also.insert(wordFor(field, value));
        }
    }
    return variant;
}

void expectFit(const Note& note, const LetterKind& kind) {
    if (kind.codes) refuse(note, "has a template for letters with codes, " + note.templateName);
    for (const auto& [field, value] : note.fields) {
        expectKnown(note, kind, field, value);
    }
    for (const auto& rule : kind.fields) {
        const bool everyNotes = std::ranges::count(OfEveryNote, rule.name) != 0;
        if (rule.need == FieldRule::Need::MayBe || everyNotes) continue;
        const std::string name{rule.name};
        if (!note.fields.contains(name)) refuse(note, "lacks the field " + name);
    }
    for (const auto& choice : kind.choices) {
        const std::string name{choice.field};
        if (choice.always && !note.fields.contains(name)) refuse(note, "lacks the field " + name);
    }
    if (note.fields.contains("loan-kind") != note.fields.contains("loan-serial")) {
        refuse(note, "names only one of loan-kind and loan-serial");
    }
}

std::string wordsOf(std::string_view field, const Note& note, const LetterKind& kind,
                    std::string_view language) {
    if (field == "address") return linesOf(note.address);
    if (field == "date") return dayIn(language, note.at);
    const auto given = note.fields.find(std::string{field});
    if (given == note.fields.end()) refuse(note, "lacks the field " + std::string{field});
    const auto& value = given->second;
    const auto* rule = kind.field(field);
    const bool isDay = rule != nullptr && rule->form == FieldRule::Form::Day;
    const auto day = isDay ? dayFrom(value) : std::nullopt;
    return day ? dayIn(language, *day) : value;
}

}  // namespace zegel::press
