#include "drivers/pkcs11/module.h"

#include "drivers/pkcs11/cryptoki.h"
#include "drivers/pkcs11/sessions.h"

#include <dlfcn.h>
#include <map>
#include <mutex>

namespace zegel::pkcs11 {

namespace {

constexpr const char* SoftHsm = "/usr/lib/softhsm/libsofthsm2.so";

CK_FUNCTION_LIST_PTR functionListOf(const std::string& path) {
    // Never unloaded: modules leave thread-local destructors and exit handlers behind.
    void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps it per thread
        const char* const why = dlerror();
        throw Failure{Fault::SettingUnusable, "the PKCS#11 module " + path + " cannot be loaded (" +
                                                  (why != nullptr ? why : "no reason given") +
                                                  "); correct the setting or install the module"};
    }
    const auto entry = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
    CK_FUNCTION_LIST_PTR calls = nullptr;
    if (entry == nullptr || entry(&calls) != CKR_OK || calls == nullptr) {
        throw Failure{Fault::SettingUnusable,
                      path + " is not a PKCS#11 module: it has no C_GetFunctionList"};
    }
    return calls;
}

}  // namespace

std::shared_ptr<Module> Module::load(const std::string& path) {
    static std::mutex mutex;
    static std::map<std::string, std::weak_ptr<Module>> loaded;
    const std::lock_guard lock{mutex};
    const std::string actual = path.empty() ? SoftHsm : path;
    if (auto known = loaded[actual].lock()) return known;
    std::shared_ptr<Module> module{new Module{actual}};
    loaded[actual] = module;
    return module;
}

Module::Module(std::string path) : path_(std::move(path)), cryptoki_(std::make_unique<Cryptoki>()) {
    cryptoki_->calls = functionListOf(path_);
    initialise();
}

void Module::initialise() {
    const QuietErrorQueue quiet;
    CK_C_INITIALIZE_ARGS arguments{};
    arguments.flags = CKF_OS_LOCKING_OK;
    const auto code = (*cryptoki_)->C_Initialize(&arguments);
    if (code == CKR_CRYPTOKI_ALREADY_INITIALIZED) return;
    expect(code, "the PKCS#11 module " + path_ +
                     " does not start; for SoftHSM check SOFTHSM2_CONF and the rights on its "
                     "token directory");
    ours_ = true;
}

Module::~Module() {
    if (ours_) (*cryptoki_)->C_Finalize(nullptr);
}

}  // namespace zegel::pkcs11
