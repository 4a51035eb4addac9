#include "pinmailer/press/presses.h"

#include "drivers/base/failure.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <utility>

namespace zegel::press {
namespace {

constexpr std::string_view Ending = ".svg";

/// "a, b" of the names in the folder that begin and end like this, without the beginning and end.
std::string offered(const std::string& folder, const std::string& beginning) {
    std::set<std::string> names;
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator{folder, missing}) {
        const auto name = entry.path().filename().string();
        if (name.size() <= beginning.size() + Ending.size()) continue;
        if (!name.starts_with(beginning) || !name.ends_with(Ending)) continue;
        names.insert(name.substr(beginning.size(), name.size() - beginning.size() - Ending.size()));
    }
    std::string list;
    for (const auto& name : names)
        list += (list.empty() ? "" : ", ") + name;
    return list;
}

/// Name and language of "pin-letter.nl.svg".
std::optional<std::array<std::string, 2>> nameIn(const std::filesystem::path& file) {
    const auto language = file.stem().extension().string();
    const auto isSmall = [](char c) { return c >= 'a' && c <= 'z'; };
    const bool formed = file.extension() == Ending && language.size() > 1 &&
                        std::all_of(language.begin() + 1, language.end(), isSmall);
    if (!formed) return std::nullopt;
    return std::array{file.stem().stem().string(), language.substr(1)};
}

/// Errors: SettingUnusable naming what there is instead.
void expectTemplate(const std::string& folder, const std::string& name,
                    const std::string& language) {
    if (std::filesystem::exists(folder + "/" + name + "." + language + std::string{Ending})) return;
    const auto languages = offered(folder, name + ".");
    if (!languages.empty()) {
        throw Failure{Fault::SettingUnusable, "the letter template " + name +
                                                  " is not there in language " + language +
                                                  ", only in " + languages};
    }
    const auto names = offered(folder, "");
    throw Failure{Fault::SettingUnusable,
                  "there is no letter template " + name + " in " + folder +
                      (names.empty() ? "" : "; there (template.language): " + names)};
}

}  // namespace

LetterPress& Presses::pressFor(const std::string& name, const std::string& language,
                               const Variant& variant) {
    const std::tuple key{name, language, variant};
    const auto known = presses_.find(key);
    if (known != presses_.end()) return known->second;
    expectTemplate(folder_, name, language);
    const auto path = folder_ + "/" + name + "." + language + ".svg";
    LetterPress made{LetterTemplate::load(path, variant, windowAt_), language, offset_};
    return presses_.emplace(key, std::move(made)).first->second;
}

LetterPress& Presses::pressFor(const OpenedLetter& opened) {
    const auto& letter = opened.letter;
    return pressFor(letter.templateName, letter.language,
                    {letter.carrier, !opened.codes.puk.empty()});
}

const LetterKind& Presses::kindOf(const std::string& name, const std::string& language) const {
    expectTemplate(folder_, name, language);
    return LetterTemplate::kindAt(folder_ + "/" + name + "." + language + std::string{Ending});
}

std::vector<std::array<std::string, 2>> Presses::names() const {
    std::set<std::array<std::string, 2>> found;
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator{folder_, missing}) {
        if (const auto name = nameIn(entry.path().filename())) found.insert(*name);
    }
    if (found.empty()) {
        throw Failure{Fault::SettingUnusable, "there is no letter template in " + folder_};
    }
    return {found.begin(), found.end()};
}

std::vector<std::string> Presses::misnamed() const {
    std::set<std::string> found;
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator{folder_, missing}) {
        const auto file = entry.path().filename();
        auto extension = file.extension().string();
        std::ranges::transform(extension, extension.begin(),
                               [](unsigned char c) { return std::tolower(c); });
        if (extension == Ending && !nameIn(file)) found.insert(file.string());
    }
    return {found.begin(), found.end()};
}

LetterPress& Presses::pressFor(const Note& note) {
    return pressFor(note.templateName, note.language, variantOf(note));
}

}  // namespace zegel::press
