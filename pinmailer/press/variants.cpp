#include "pinmailer/press/variants.h"

#include <string>

namespace zegel::press {
namespace {

using Variants = std::vector<Variant>;

/// Each as it is, and once more after `change`.
template <typename Change>
void addChanged(Variants& variants, Variants& more, const Change& change) {
    for (auto variant : variants) {
        change(variant);
        more.push_back(std::move(variant));
    }
}

void addChoice(Variants& variants, const Choice& choice) {
    Variants more;
    for (const auto word : choice.words) {
        addChanged(variants, more, [&](Variant& variant) {
            if (choice.field == "carrier") {
                variant.carrier = word;
            } else {
                variant.also.emplace(word);
            }
            // A loan is told by its kind and its serial, both or none.
            if (choice.field == "loan-kind") variant.also.insert("with-loan-serial");
        });
    }
    if (choice.always) variants.clear();
    variants.insert(variants.end(), more.begin(), more.end());
}

bool maybeMissing(const LetterKind& kind, const FieldRule& rule) {
    const bool withAChoice = rule.name == "loan-serial" && kind.choice("loan-kind") != nullptr;
    return rule.need == FieldRule::Need::MayBe && rule.name != "date" && !withAChoice;
}

}  // namespace

std::vector<Variant> everyVariant(const LetterKind& kind) {
    Variants variants{Variant{{}, kind.codes, {}}};
    if (!kind.codes) variants.front().also.insert("with-date");
    for (const auto& choice : kind.choices) {
        addChoice(variants, choice);
    }
    Variants more;
    if (kind.codes) addChanged(variants, more, [](Variant& variant) { variant.puk = false; });
    variants.insert(variants.end(), more.begin(), more.end());
    for (const auto& rule : kind.fields) {
        if (!maybeMissing(kind, rule)) continue;
        more.clear();
        addChanged(variants, more, [&](Variant& variant) {
            variant.also.insert("with-" + std::string{rule.name});
        });
        variants.insert(variants.end(), more.begin(), more.end());
    }
    return variants;
}

}  // namespace zegel::press
