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
constexpr std::array Required{
    "address", "certificate-name", "organisation", "certificate-number-end", "order", "letter",
    "pin",     "pin-tries",        "revocation"};
constexpr std::array RequiredWithPuk{"puk", "puk-tries"};
constexpr std::array Optional{"date"};

class Rules {
public:
    Rules(const LetterTemplate& loaded, const Variant& variant)
        : template_(loaded), variant_(variant) {}

    void hold() const {
        expectFields();
        expectNoDoubles();
        expectZones();
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

    void expectField(const char* name) const {
        if (has(name)) return;
        refuse(0, "the field " + std::string{name} + " is missing on letters for a " +
                      variant_.carrier + (variant_.puk ? "" : " without a PUK"));
    }

    void expectFields() const {
        std::ranges::for_each(Required, [&](const char* name) { expectField(name); });
        if (variant_.puk) {
            std::ranges::for_each(RequiredWithPuk, [&](const char* name) { expectField(name); });
        }
        for (const auto& field : template_.fields()) {
            const bool puk = std::ranges::count(RequiredWithPuk, field.name) != 0;
            if (puk && !variant_.puk) {
                refuse(field.line, "the field " + field.name +
                                       " needs zegel:when=\"puk\": not every product has one");
            }
            if (!puk && std::ranges::count(Required, field.name) == 0 &&
                std::ranges::count(Optional, field.name) == 0) {
                refuse(field.line, "there is no field " + field.name);
            }
        }
    }

    void expectNoDoubles() const {
        for (const auto& field : template_.fields()) {
            const auto times = std::ranges::count_if(
                template_.fields(), [&](const Field& other) { return other.name == field.name; });
            if (times > 1) refuse(field.line, "the field " + field.name + " stands here twice");
        }
    }

    void expectZones() const {
        if (!Sheet.holds(template_.window())) refuse(0, "the window leaves the sheet");
        if (!Sheet.holds(template_.codeZone())) refuse(0, "the code zone leaves the sheet");
        if (template_.codeZone().meets(template_.window().grownBy(CodesFromWindow))) {
            refuse(0, "the code zone is nearer than 10 mm to the window");
        }
    }

    void expectPlace(const Field& field) const {
        const auto named = "the field " + field.name + " ";
        if (!Sheet.holds(field.area())) refuse(field.line, named + "leaves the sheet");
        if (field.name == "address") {
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
        for (const auto fold : Folds) {
            if (field.area().grownBy(CodesFromFold).meets({0, fold, Sheet.width, 0.01})) {
                refuse(field.line, named + "is nearer than 3 mm to the fold at " +
                                       std::to_string(static_cast<int>(fold)) + " mm");
            }
        }
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
