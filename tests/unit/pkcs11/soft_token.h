#pragma once

#include "drivers/pkcs11/token.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace zegel::tests {

/// A SoftHSM of its own in a temporary folder, with one token; gone afterwards.
class SoftToken {
public:
    static constexpr const char* Label = "zegel-test";
    static constexpr const char* Pin = "482913";
    static constexpr const char* SecurityPin = "90817263";

    SoftToken() {
        auto pattern = (std::filesystem::temp_directory_path() / "zegel-softhsm-XXXXXX").string();
        folder_ = mkdtemp(pattern.data());
        std::filesystem::create_directory(folder_ / "tokens");
        std::ofstream{folder_ / "softhsm2.conf"}
            << "directories.tokendir = " << (folder_ / "tokens").string()
            << "\nobjectstore.backend = file\nlog.level = ERROR\n";
        setenv("SOFTHSM2_CONF", (folder_ / "softhsm2.conf").c_str(), 1);
        module_ = pkcs11::Module::load("");
        pkcs11::initialiseToken(*module_, Label, secretOf(bytesOf(SecurityPin)),
                                secretOf(bytesOf(Pin)));
    }

    ~SoftToken() {
        module_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    SoftToken(const SoftToken&) = delete;
    SoftToken& operator=(const SoftToken&) = delete;

    std::shared_ptr<pkcs11::Token> open(const std::string& pin = Pin) const {
        return pkcs11::Token::open(module_, Label, secretOf(bytesOf(pin)));
    }

    const std::shared_ptr<pkcs11::Module>& module() const { return module_; }
    const std::filesystem::path& folder() const { return folder_; }

private:
    std::filesystem::path folder_;
    std::shared_ptr<pkcs11::Module> module_;
};

}  // namespace zegel::tests
