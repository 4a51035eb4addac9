#include "config/named_paths.h"

#include <system_error>

namespace zegel::config {

using std::filesystem::path;

path Paths::at(const std::string& written) const {
    return (folder_ / written).lexically_normal();
}

path Paths::any(const StrictTable& table, std::string_view key) const {
    return at(table.text(key));
}

path Paths::file(const StrictTable& table, std::string_view key) const {
    path named = any(table, key);
    wantFile(table, key, named);
    return named;
}

std::vector<path> Paths::files(const StrictTable& table, std::string_view key) const {
    return filesNamed(table, key, table.texts(key));
}

std::vector<path> Paths::filesIfAny(const StrictTable& table, std::string_view key) const {
    return filesNamed(table, key, table.textsIfAny(key));
}

path Paths::folder(const StrictTable& table, std::string_view key) const {
    path named = any(table, key);
    std::error_code problem;
    if (files_ == NamedFiles::Wanted && !std::filesystem::is_directory(named, problem)) {
        table.refuse(key, named.string() + " is no folder; make it, or correct the path");
    }
    return named;
}

path Paths::ownersFile(const StrictTable& table, std::string_view key) const {
    using std::filesystem::perms;
    path named = file(table, key);
    if (files_ == NamedFiles::NotAsked) return named;
    std::error_code problem;
    const perms allowed = std::filesystem::status(named, problem).permissions();
    if (problem || (allowed & (perms::group_all | perms::others_all)) != perms::none) {
        table.refuse(key, named.string() + " may be read by others; run chmod 600 on it");
    }
    return named;
}

std::vector<path> Paths::filesNamed(const StrictTable& table, std::string_view key,
                                    const std::vector<std::string>& written) const {
    std::vector<path> named;
    for (const auto& name : written) {
        named.push_back(at(name));
        wantFile(table, key, named.back());
    }
    return named;
}

void Paths::wantFile(const StrictTable& table, std::string_view key, const path& named) const {
    if (files_ == NamedFiles::NotAsked) return;
    std::error_code problem;
    if (std::filesystem::is_regular_file(named, problem)) return;
    table.refuse(key, named.string() +
                          " is not there, or is no file; put it there, or "
                          "correct the path");
}

}  // namespace zegel::config
