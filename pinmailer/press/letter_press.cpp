#include "pinmailer/press/letter_press.h"

#include "pinmailer/press/code_type.h"
#include "pinmailer/press/fitted_text.h"
#include "pinmailer/press/fixed_part.h"
#include "pinmailer/press/letter_words.h"
#include "pinmailer/press/machine_mark.h"
#include "pinmailer/press/template_room.h"
#include "pinmailer/press/typefaces.h"

#include <algorithm>
#include <utility>

namespace zegel::press {
namespace {

/// One page, laid out: nothing that is left to do can fail.
struct Page {
    std::vector<FittedText> texts;
    MachineMark mark;
    const seal::Codes* codes;  ///< of a letter, which lives longer
};

const SecretBytes& codeFor(const Field& field, const seal::Codes& codes) {
    if (field.name == "pin") return codes.pin;
    return field.name == "puk" ? codes.puk : codes.revocation;
}

}  // namespace

struct LetterPress::Works {
    LetterTemplate letterTemplate;
    std::string language;
    Offset offset;
    FixedPart fixedPart;
    GlibObjectPtr<PangoContext> context;
    std::vector<std::pair<const Field*, CodeType>> codeTypes;

    template <typename WordsOf>
    Page layOut(SetParagraphs& paragraphs, const LetterId& id, const WordsOf& words,
                const seal::Codes* codes) const {
        std::vector<FittedText> texts;
        for (const auto& field : letterTemplate.fields()) {
            if (field.isSecret()) continue;
            texts.push_back(
                FittedText::fit(paragraphs, field, field.before + words(field.name) + field.after));
        }
        for (const auto& [field, type] : codeTypes) {
            type.sizeFor(codeFor(*field, *codes).size());
        }
        // A letter of several sheets would count them here; ours have one.
        return {std::move(texts), MachineMark{id.value() + " 1/1", letterTemplate.mark()}, codes};
    }

    Page layOut(SetParagraphs& paragraphs, const OpenedLetter& opened) const {
        const auto& letter = opened.letter;
        if (!letterTemplate.kind().codes) {
            throw Failure{Fault::LetterUnusable, letterTemplate.path() + " has no place for codes"};
        }
        const auto words = [&](const auto& field) { return wordsOf(field, letter, language); };
        return layOut(paragraphs, letter.letter, words, &opened.codes);
    }

    Page layOut(SetParagraphs& paragraphs, const Note& note) const {
        const auto& kind = letterTemplate.kind();
        expectFit(note, kind);
        const auto words = [&](const auto& field) { return wordsOf(field, note, kind, language); };
        return layOut(paragraphs, note.id, words, nullptr);
    }

    void moveByOffset(cairo_t& sheet) const {
        cairo_translate(&sheet, offset[0] * PointsPerMillimetre, offset[1] * PointsPerMillimetre);
    }

    void drawFields(cairo_t& sheet, const Page& page) const {
        for (const auto& text : page.texts) {
            text.draw(sheet);
        }
        page.mark.draw(sheet);
        for (const auto& [field, type] : codeTypes) {
            type.draw(sheet, codeFor(*field, *page.codes));
        }
    }

    void drawPages(cairo_t& sheet, std::span<const Page> pages) {
        moveByOffset(sheet);
        for (const auto& page : pages) {
            fixedPart.putOnPage(sheet, &page == &pages.front());
            drawFields(sheet, page);
            cairo_show_page(&sheet);
        }
    }

    template <typename Letter>
    void print(std::span<const Letter> letters, const PdfSink& sink) {
        SetParagraphs paragraphs{*context};
        std::vector<Page> pages;
        pages.reserve(letters.size());
        for (const auto& letter : letters) {
            pages.push_back(layOut(paragraphs, letter));
        }
        drawPdf([&](cairo_t& sheet) { drawPages(sheet, pages); }, sink);
    }

    template <typename Letter>
    void picture(const Letter& letter, double dotsPerInch, const PdfSink& sink) const {
        SetParagraphs paragraphs{*context};
        const auto page = layOut(paragraphs, letter);
        const auto draw = [&](cairo_t& sheet) {
            moveByOffset(sheet);
            fixedPart.draw(sheet);
            drawFields(sheet, page);
        };
        drawPicture(draw, dotsPerInch, sink);
    }
};

LetterPress::LetterPress(LetterTemplate letterTemplate, std::string language, Offset offset) {
    prepareTypefaces(letterTemplate.families(), letterTemplate.path());
    FixedPart fixedPart{letterTemplate};
    works_.reset(new Works{
        std::move(letterTemplate), std::move(language), offset, std::move(fixedPart), {}, {}});
    const auto& loaded = works_->letterTemplate;
    works_->context.reset(pango_font_map_create_context(pango_cairo_font_map_get_default()));
    setForPaper(*works_->context);
    for (const auto& field : loaded.fields()) {
        if (!field.isSecret()) continue;
        const auto& type = works_->codeTypes.emplace_back(
            &field, CodeType{*works_->context, field, loaded.path()});
        type.second.expectRoom(loaded.kind().field(field.name)->fullest.size(), loaded.path());
    }
    expectRoom(loaded, *works_->context);
}

LetterPress::LetterPress(LetterPress&&) noexcept = default;
LetterPress& LetterPress::operator=(LetterPress&&) noexcept = default;
LetterPress::~LetterPress() = default;

void LetterPress::print(std::span<const OpenedLetter> letters, const PdfSink& sink) {
    works_->print(letters, sink);
}

void LetterPress::print(std::span<const Note> notes, const PdfSink& sink) {
    works_->print(notes, sink);
}

void LetterPress::picture(const OpenedLetter& letter, double dotsPerInch, const PdfSink& sink) {
    works_->picture(letter, dotsPerInch, sink);
}

void LetterPress::picture(const Note& note, double dotsPerInch, const PdfSink& sink) {
    works_->picture(note, dotsPerInch, sink);
}

void LetterPress::expectWordsInPlace() const {
    expectFixedTextInPlace(works_->letterTemplate, works_->fixedPart.svg());
}

const LetterTemplate& LetterPress::letterTemplate() const noexcept {
    return works_->letterTemplate;
}

std::vector<std::size_t> groupsOf(std::size_t symbols, bool inFours) {
    if (symbols <= 5 && !inFours) return {symbols};
    const auto largest = !inFours && symbols % 3 == 0 && symbols % 4 != 0 ? 3U : 4U;
    const auto count = (symbols + largest - 1) / largest;
    if (inFours) {
        std::vector<std::size_t> groups(count, 4);
        if (symbols % 4 != 0) groups.back() = symbols % 4;
        return groups;
    }
    std::vector<std::size_t> groups(count, symbols / count);
    std::for_each_n(groups.begin(), symbols % count, [](std::size_t& group) { ++group; });
    return groups;
}

}  // namespace zegel::press
