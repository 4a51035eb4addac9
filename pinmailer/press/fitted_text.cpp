#include "pinmailer/press/fitted_text.h"

#include "drivers/base/failure.h"

#include <algorithm>

namespace zegel::press {
namespace {

using Paragraphs = std::vector<const Paragraph*>;

double scaleAt(const Field& field, int step) {
    return sizeAt(field, step) / field.size;
}

Paragraphs setIn(SetParagraphs& type, const Field& field, int step, std::string_view text) {
    Paragraphs paragraphs;
    for (;;) {
        const auto end = text.find('\n');
        paragraphs.push_back(&type.set(field, step, text.substr(0, end)));
        if (end == std::string_view::npos) return paragraphs;
        text.remove_prefix(end + 1);
    }
}

std::size_t linesOf(const Paragraphs& paragraphs) {
    std::size_t lines = 0;
    for (const auto* paragraph : paragraphs) {
        lines += paragraph->lines.size();
    }
    return lines;
}

bool fits(const Paragraphs& paragraphs, const Field& field, double scale) {
    return linesOf(paragraphs) <= field.mostLines(field.leading * scale) &&
           std::ranges::all_of(paragraphs, &Paragraph::fits);
}

void expectEveryCharacter(const Paragraphs& paragraphs, const Field& field) {
    for (const auto* paragraph : paragraphs) {
        if (paragraph->missing.empty()) continue;
        throw Failure{Fault::LetterUnusable,
                      "the " + field.name + " holds " + paragraph->missing + ", which " +
                          field.families +
                          " cannot print; write it otherwise, or give the template a "
                          "typeface that has it"};
    }
}

}  // namespace

FittedText FittedText::fit(SetParagraphs& paragraphs, const Field& field, std::string_view text) {
    for (int step = 0; step < stepsOf(field); ++step) {
        const auto scale = scaleAt(field, step);
        auto set = setIn(paragraphs, field, step, text);
        if (!fits(set, field, scale)) continue;
        expectEveryCharacter(set, field);
        return {field, std::move(set), scale};
    }
    return fitSmallest(paragraphs, field, text);
}

FittedText FittedText::fitSmallest(SetParagraphs& paragraphs, const Field& field,
                                   std::string_view text) {
    const auto scale = scaleAt(field, stepsOf(field));
    auto set = setIn(paragraphs, field, stepsOf(field), text);
    expectEveryCharacter(set, field);
    if (fits(set, field, scale)) return {field, std::move(set), scale};
    const auto why = field.isAddress()
                         ? "in the smallest type that the post reads, 10 pt, where it "
                           "takes " +
                               std::to_string(linesOf(set)) + " lines; six are the most"
                         : std::string{"not even in the smallest type"};
    throw Failure{
        Fault::LetterUnusable,
        "the " + field.name + " does not fit its place on the letter, " + why + "; shorten it"};
}

void FittedText::draw(cairo_t& page) const {
    cairo_set_source_rgb(&page, field_->colour[0], field_->colour[1], field_->colour[2]);
    auto baseline = field_->y;
    for (const auto* paragraph : paragraphs_) {
        for (const auto& [line, width] : paragraph->lines) {
            const auto left = field_->anchor == Field::Anchor::Start    ? field_->x
                              : field_->anchor == Field::Anchor::Middle ? field_->x - width / 2
                                                                        : field_->x - width;
            cairo_move_to(&page, left * PointsPerMillimetre, baseline * PointsPerMillimetre);
            pango_cairo_show_layout_line(&page, line);
            baseline += field_->leading * scale_;
        }
    }
}

}  // namespace zegel::press
