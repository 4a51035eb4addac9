#include "pinmailer/press/presses.h"

#include <utility>

namespace zegel::press {

LetterPress& Presses::pressFor(const std::string& name, const std::string& language,
                               const Variant& variant) {
    const std::tuple key{name, language, variant};
    const auto known = presses_.find(key);
    if (known != presses_.end()) return known->second;
    const auto path = folder_ + "/" + name + "." + language + ".svg";
    LetterPress made{LetterTemplate::load(path, variant, windowAt_), language};
    return presses_.emplace(key, std::move(made)).first->second;
}

LetterPress& Presses::pressFor(const OpenedLetter& opened) {
    const auto& letter = opened.letter;
    return pressFor(letter.templateName, letter.language,
                    {letter.carrier, !opened.codes.puk.empty()});
}

}  // namespace zegel::press
