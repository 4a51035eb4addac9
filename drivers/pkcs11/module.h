#pragma once

#include <memory>
#include <string>

namespace zegel::pkcs11 {

/// The module's function list; complete in cryptoki.h, which only this room includes.
struct Cryptoki;

/// A PKCS#11 module, loaded once per process and path and shared by all who use it. Threads may
/// use it together (CKF_OS_LOCKING_OK).
///
/// Source: PKCS#11 v2.40, 5.4 (C_Initialize, C_GetFunctionList).
class Module {
public:
    /// Loads and initialises, or hands out the one that is loaded already. `path` of "" is
    /// SoftHSM where Debian puts it.
    /// Errors: SettingUnusable when it is not a PKCS#11 module, TokenUnavailable when it does not
    /// start.
    static std::shared_ptr<Module> load(const std::string& path);

    /// Finalises, unless somebody else in this process had initialised it.
    ~Module();
    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;

    const std::string& path() const noexcept { return path_; }
    const Cryptoki& cryptoki() const noexcept { return *cryptoki_; }

    /// After somebody finalised the module under us. Does nothing when it runs.
    void initialise();

private:
    explicit Module(std::string path);

    std::string path_;
    std::unique_ptr<Cryptoki> cryptoki_;
    bool ours_ = false;
};

}  // namespace zegel::pkcs11
