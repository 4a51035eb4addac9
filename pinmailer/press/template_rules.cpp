#include "pinmailer/press/template_rules.h"

#include "drivers/base/failure.h"

#include <algorithm>

namespace zegel::press {
namespace {

constexpr double PlayInWindow = 3;  ///< a sheet slides that far in its envelope
constexpr double CodesFromWindow = 10;
constexpr double CodesFromFold = 3;
constexpr double SmallestCode = 4;
constexpr std::array Folds{99.0, 198.0};  ///< A4 into an envelope of a third of it
constexpr double MarkFromOthers = 5;  ///< window, code zone, edges: a machine's eye sees no code
constexpr double MarkFromFold = 3;
constexpr double SmallestMark = 10;

class Rules {
public:
    Rules(const LetterTemplate& loaded, const Variant& variant)
        : template_(loaded), variant_(variant) {}

    void hold() const {
        expectFields();
        expectNoDoubles();
        expectWindow();
        if (template_.kind().codes) expectCodeZone();
        expectMark();
        for (const auto& field : template_.fields()) {
            expectPlace(field);
            if (field.isSecret()) expectCode(field);
        }
        expectNoOverlap();
    }

private:
    [[noreturn]] void refuse(int line, const std::string& why) const {
        throw Failure{Fault::SettingUnusable,
                      template_.path() + (line > 0 ? ":" + std::to_string(line) : "") + ": " + why};
    }

    bool has(std::string_view name) const {
        return std::ranges::any_of(template_.fields(),
                                   [&](const Field& field) { return field.name == name; });
    }

    std::string aLetter() const {
        const std::string kind{template_.kind().name};
        if (!template_.kind().codes) return "a " + kind;
        return "letters for a " + variant_.carrier + (variant_.puk ? "" : " without a PUK");
    }

    /// Whether this letter has something to print there.
    bool given(const FieldRule& rule) const {
        if (rule.need == FieldRule::Need::Always || rule.name == "date") return true;
        if (rule.need == FieldRule::Need::WithPuk) return variant_.puk;
        return variant_.holds("with-" + std::string{rule.name});
    }

    void expectFields() const {
        for (const auto& field : template_.fields()) {  // first: a slip of the pen is also missing
            const auto* rule = template_.kind().field(field.name);
            if (rule == nullptr) {
                refuse(field.line, "there is no field " + field.name + "; a " +
                                       std::string{template_.kind().name} + " has " + fieldList());
            }
            if (!given(*rule)) {
                const auto word =
                    rule->need == FieldRule::Need::WithPuk ? "puk" : "with-" + field.name;
                refuse(field.line, "the field " + field.name + " needs zegel:when=\"" + word +
                                       "\": not every letter has one");
            }
        }
        for (const auto& rule : template_.kind().fields) {
            const bool wanted = rule.need != FieldRule::Need::MayBe && given(rule);
            if (wanted && !has(rule.name)) {
                refuse(0, "the field " + std::string{rule.name} + " is missing on " + aLetter());
            }
        }
    }

    std::string fieldList() const {
        std::string list;
        for (const auto& rule : template_.kind().fields)
            list.append(list.empty() ? "" : ", ").append(rule.name);
        return list;
    }

    void expectNoDoubles() const {
        for (const auto& field : template_.fields()) {
            const auto times = std::ranges::count_if(
                template_.fields(), [&](const Field& other) { return other.name == field.name; });
            if (times > 1) refuse(field.line, "the field " + field.name + " stands here twice");
        }
    }

    void expectWindow() const {
        if (!Sheet.holds(template_.window())) refuse(0, "the window leaves the sheet");
    }

    void expectCodeZone() const {
        if (!Sheet.holds(template_.codeZone())) refuse(0, "the code zone leaves the sheet");
        if (template_.codeZone().meets(template_.window().grownBy(CodesFromWindow))) {
            refuse(0, "the code zone is nearer than 10 mm to the window");
        }
    }

    void expectMark() const {
        const auto& mark = template_.mark();
        const auto around = mark.grownBy(MarkFromOthers);
        if (mark.width < SmallestMark || mark.width != mark.height) {
            refuse(0, "the zone mark is not a square of 10 mm or more");
        }
        if (!Sheet.holds(around)) refuse(0, "the zone mark is nearer than 5 mm to the edge");
        if (around.meets(template_.window())) {
            refuse(0, "the zone mark is nearer than 5 mm to the window");
        }
        if (template_.kind().codes && around.meets(template_.codeZone())) {
            refuse(0, "the zone mark is nearer than 5 mm to the code zone");
        }
        expectFarFromFolds(mark, MarkFromFold, 0, "the zone mark ");
        for (const auto& field : template_.fields()) {
            if (!field.area().meets(mark)) continue;
            refuse(field.line, "the field " + field.name + " covers the zone mark");
        }
    }

    void expectFarFromFolds(const Area& area, double distance, int line,
                            const std::string& named) const {
        for (const auto fold : Folds) {
            if (!area.grownBy(distance).meets({0, fold, Sheet.width, 0.01})) continue;
            refuse(line, named + "is nearer than 3 mm to the fold at " +
                             std::to_string(static_cast<int>(fold)) + " mm");
        }
    }

    void expectPlace(const Field& field) const {
        const auto named = "the field " + field.name + " ";
        if (!Sheet.holds(field.area())) refuse(field.line, named + "leaves the sheet");
        if (field.isAddress()) {
            if (field.smallest < SmallestAddress || field.size > LargestAddress) {
                refuse(field.line, named +
                                       "is set, or could shrink, out of 3.53 to 4.23 mm (10 to 12 "
                                       "pt), in which the post reads it");
            }
            if (!template_.window().grownBy(-PlayInWindow).holds(field.area())) {
                refuse(field.line, named + "is not 3 mm inside the window on every side");
            }
        } else if (field.area().meets(template_.window())) {
            refuse(field.line, named + "would show in the window");
        }
    }

    void expectCode(const Field& field) const {
        const auto named = "the field " + field.name + " ";
        if (!template_.codeZone().holds(field.area())) {
            refuse(field.line, named + "leaves the code zone");
        }
        if (field.smallest < SmallestCode) {
            refuse(field.line, named + "could shrink below 4 mm, too small for a code");
        }
        if (field.height > 0 || !field.before.empty() || !field.after.empty()) {
            refuse(field.line, named + "must be one line with nothing around it");
        }
        expectFarFromFolds(field.area(), CodesFromFold, field.line, named);
    }

    void expectNoOverlap() const {
        const auto& fields = template_.fields();
        for (auto one = fields.begin(); one != fields.end(); ++one) {
            for (auto other = std::next(one); other != fields.end(); ++other) {
                if (one->area().meets(other->area())) {
                    refuse(other->line,
                           "the field " + other->name + " covers the field " + one->name);
                }
            }
        }
    }

    const LetterTemplate& template_;
    const Variant& variant_;
};

}  // namespace

void expectRules(const LetterTemplate& loaded, const Variant& variant) {
    Rules{loaded, variant}.hold();
}

}  // namespace zegel::press
