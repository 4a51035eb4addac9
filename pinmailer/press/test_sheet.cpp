#include "pinmailer/press/test_sheet.h"

#include "pinmailer/press/fitted_text.h"
#include "pinmailer/press/machine_mark.h"
#include "pinmailer/press/template_element.h"
#include "pinmailer/press/typefaces.h"

#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

namespace zegel::press {
namespace {

constexpr double Hair = 0.15;
constexpr double CrossArm = 6;
constexpr const char* Families = "Open Sans, DejaVu Sans";
constexpr std::array<std::array<double, 2>, 4> Crosses{
    {{20, 30}, {190, 30}, {20, 247}, {190, 247}}};

struct Fold {
    double at;
    std::string_view name;
};
constexpr std::array Folds{Fold{99, "99"}, Fold{148.5, "148.5 (C5)"}, Fold{198, "198"}};

struct SheetWords {
    std::string_view title;
    std::array<std::string_view, 5> steps;
    std::string_view offset;
    std::string_view window;
    std::string_view codes;
    std::string_view mark;
    std::string_view fold;
};

constexpr SheetWords Dutch{
    "Proefvel",
    {"1  Druk dit vel af op ware grootte (100 %), enkelzijdig.",
     "2  Meet bij het kruis linksboven: het hart hoort 20 mm van de linkerrand en 30 mm van de "
     "bovenrand.",
     "3  Meet u 21,5 en 29? Geef dan --offset -1.5,1 mee: naar rechts en naar beneden is positief.",
     "4  Druk opnieuw af met die waarde, vouw op de streepjes en schuif het vel in de envelop.",
     "5  Het adres blijft in het venster, hoe het vel ook schuift; van de codezone is niets te "
     "zien."},
    "Deze afdruk is gemaakt met --offset ",
    "venster",
    "codezone",
    "merk",
    "vouw "};

constexpr SheetWords English{
    "Test sheet",
    {"1  Print this sheet at its true size (100 %), on one side.",
     "2  Measure at the cross at the upper left: its heart belongs 20 mm from the left and 30 mm "
     "from the top edge.",
     "3  Do you measure 21.5 and 29? Then say --offset -1.5,1: to the right and down is positive.",
     "4  Print again with that value, fold at the ticks and slide the sheet into the envelope.",
     "5  The address stays in the window however the sheet slides; nothing of the code zone "
     "shows."},
    "This print was made with --offset ",
    "window",
    "code zone",
    "mark",
    "fold "};

/// The sheet under the pen, in millimetres.
class Pen {
public:
    explicit Pen(cairo_t& sheet)
        : sheet_(sheet),
          context_(pango_font_map_create_context(pango_cairo_font_map_get_default())) {
        setForPaper(*context_);
        cairo_set_line_width(&sheet_, Hair * PointsPerMillimetre);
    }

    void line(double x, double y, double toX, double toY) {
        cairo_move_to(&sheet_, x * PointsPerMillimetre, y * PointsPerMillimetre);
        cairo_line_to(&sheet_, toX * PointsPerMillimetre, toY * PointsPerMillimetre);
        cairo_stroke(&sheet_);
    }

    void frame(const Area& area, double dash) {
        const std::array pattern{dash * PointsPerMillimetre};
        cairo_set_dash(&sheet_, pattern.data(), dash > 0 ? 1 : 0, 0);
        cairo_rectangle(&sheet_, area.x * PointsPerMillimetre, area.y * PointsPerMillimetre,
                        area.width * PointsPerMillimetre, area.height * PointsPerMillimetre);
        cairo_stroke(&sheet_);
        cairo_set_dash(&sheet_, nullptr, 0, 0);
    }

    void say(double x, double y, double size, std::string_view words,
             Field::Anchor anchor = Field::Anchor::Start) {
        Field place;
        place.name = "test sheet";
        place.x = x;
        place.y = y;
        place.width = Sheet.width;
        place.anchor = anchor;
        place.size = size;
        place.smallest = size;
        place.leading = size;
        place.families = Families;
        SetParagraphs paragraphs{*context_};
        FittedText::fit(paragraphs, place, words).draw(sheet_);
    }

    void colour(double grey) { cairo_set_source_rgb(&sheet_, grey, grey, grey); }

private:
    cairo_t& sheet_;
    GlibObjectPtr<PangoContext> context_;
};

/// "-1.5" and "20": no more digits than it takes.
std::string shown(double millimetres) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%g", millimetres);
    return text.data();
}

std::string shown(const Area& area) {
    return shown(area.x) + "," + shown(area.y) + "  " + shown(area.width) + " × " +
           shown(area.height) + " mm";
}

void drawCrosses(Pen& pen) {
    for (const auto& [x, y] : Crosses) {
        pen.colour(0);
        pen.line(x - CrossArm, y, x + CrossArm, y);
        pen.line(x, y - CrossArm, x, y + CrossArm);
        pen.say(x > 100 ? x - 14 : x + 2, y - 1.5, 2.6, shown(x) + "," + shown(y));
    }
}

void drawFolds(Pen& pen, const SheetWords& words) {
    for (const auto& fold : Folds) {
        pen.colour(0);
        pen.line(5, fold.at, 12, fold.at);
        pen.line(Sheet.width - 12, fold.at, Sheet.width - 5, fold.at);
        pen.say(5, fold.at - 1, 2.2, std::string{words.fold} + std::string{fold.name});
    }
}

void drawZone(Pen& pen, const Area& zone, std::string_view name) {
    pen.colour(0);
    pen.frame(zone, 0);
    const auto words = std::string{name} + "  " + shown(zone);
    const bool isRight = zone.x > Sheet.width / 2;
    pen.say(isRight ? zone.right() : zone.x, zone.y - 1, 2.6, words,
            isRight ? Field::Anchor::End : Field::Anchor::Start);
}

void drawFields(Pen& pen, const LetterTemplate& loaded) {
    for (const auto& field : loaded.fields()) {
        pen.colour(0.55);
        pen.frame(field.area(), 1);
        pen.say(field.area().x + 0.5, field.y, 2.2, field.name);
    }
}

}  // namespace

TestSheet::TestSheet(const LetterTemplate& loaded, std::string language, Offset offset)
    : template_(loaded), language_(std::move(language)), offset_(offset) {}

void TestSheet::print(const PdfSink& sink) const {
    drawPdf([&](cairo_t& sheet) { draw(sheet); }, sink);
}

void TestSheet::picture(double dotsPerInch, const PdfSink& sink) const {
    drawPicture([&](cairo_t& sheet) { draw(sheet); }, dotsPerInch, sink);
}

void TestSheet::draw(cairo_t& sheet) const {
    const auto& words = language_ == "nl" ? Dutch : English;
    prepareTypefaces(familiesIn(Families), "the test sheet");
    cairo_translate(&sheet, offset_[0] * PointsPerMillimetre, offset_[1] * PointsPerMillimetre);
    Pen pen{sheet};
    drawFields(pen, template_);
    drawCrosses(pen);
    drawFolds(pen, words);
    drawZone(pen, template_.window(), words.window);
    pen.frame(template_.window().grownBy(-3), 0.5);  // how far a sheet slides
    if (template_.kind().codes) drawZone(pen, template_.codeZone(), words.codes);
    drawZone(pen, template_.mark(), words.mark);
    MachineMark{"test-sheet 1/1", template_.mark()}.draw(sheet);
    pen.colour(0);
    pen.say(30, 16, 5, words.title);
    auto y = 206.0;
    for (const auto& step : words.steps) {
        pen.say(25, y, 3, step);
        y += 5.2;
    }
    pen.say(25, y + 2, 3,
            std::string{words.offset} + shown(offset_[0]) + "," + shown(offset_[1]) + ".");
    cairo_show_page(&sheet);
}

}  // namespace zegel::press
