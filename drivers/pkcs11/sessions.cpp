#include "drivers/pkcs11/sessions.h"

namespace zegel::pkcs11 {

namespace {

constexpr std::size_t MostIdle = 64;

}  // namespace

std::string textOfField(const CK_UTF8CHAR* field, std::size_t size) {
    std::string text{field, field + size};
    text.erase(text.find_last_not_of(std::string{" \0", 2}) + 1);
    return text;
}

std::optional<CK_SLOT_ID> slotOfToken(const Cryptoki& cryptoki, const std::string& label) {
    CK_ULONG count = 0;
    expect(cryptoki->C_GetSlotList(CK_TRUE, nullptr, &count), "listing PKCS#11 slots");
    std::vector<CK_SLOT_ID> slots(count);
    expect(cryptoki->C_GetSlotList(CK_TRUE, slots.data(), &count), "listing PKCS#11 slots");
    slots.resize(count);
    for (const auto slot : slots) {
        CK_TOKEN_INFO told{};
        if (cryptoki->C_GetTokenInfo(slot, &told) != CKR_OK) continue;
        if ((told.flags & CKF_TOKEN_INITIALIZED) == 0) continue;
        if (textOfField(told.label, sizeof told.label) == label) return slot;
    }
    return std::nullopt;
}

Sessions::Sessions(std::shared_ptr<Module> module, std::string label, PinSource pin)
    : module_(std::move(module)), label_(std::move(label)), pin_(std::move(pin)) {
    const auto& cryptoki = module_->cryptoki();
    if (!slotOfToken(cryptoki, label_)) {
        throw Failure{Fault::SettingUnusable, "no PKCS#11 token is labelled \"" + label_ +
                                                  "\" in " + module_->path() +
                                                  "; correct the setting, or make the token"};
    }
    const QuietErrorQueue quiet;
    const std::lock_guard lock{mutex_};
    idle_.reserve(MostIdle);
    openAndLogIn();
}

Sessions::~Sessions() {
    closeAll();
}

void Sessions::closeAll() noexcept {
    const auto& cryptoki = module_->cryptoki();
    for (const auto session : idle_) {
        cryptoki->C_CloseSession(session);
    }
    idle_.clear();
    if (anchor_) cryptoki->C_CloseSession(*anchor_);
    anchor_.reset();
}

CK_SESSION_HANDLE Sessions::openSession() const {
    CK_SESSION_HANDLE handle = 0;
    expect(module_->cryptoki()->C_OpenSession(slot_, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr,
                                              nullptr, &handle),
           "opening a session with token \"" + label_ + "\"");
    return handle;
}

void Sessions::openAndLogIn() {
    const auto& cryptoki = module_->cryptoki();
    const auto slot = slotOfToken(cryptoki, label_);
    if (!slot) {
        throw Failure{Fault::TokenUnavailable,
                      "token \"" + label_ + "\" is gone; put it back or restart its service"};
    }
    if (pinRefused_) {
        throw Failure{Fault::TokenUnavailable,
                      "token \"" + label_ +
                          "\" refused our PIN before; it is not tried again so that it does not "
                          "lock. Correct the PIN and restart"};
    }
    const auto fetched = pin_();
    slot_ = *slot;
    anchor_ = openSession();
    ++generation_;
    const auto code = fetched.disclose(Disclosure::ToCipher, [&](ByteView pin) {
        return cryptoki->C_Login(*anchor_, CKU_USER, const_cast<CK_UTF8CHAR_PTR>(pin.data()),
                                 pin.size());
    });
    if (code == CKR_OK || code == CKR_USER_ALREADY_LOGGED_IN) return;
    pinRefused_ = code == CKR_PIN_INCORRECT || code == CKR_PIN_LEN_RANGE || code == CKR_PIN_LOCKED;
    closeAll();
    expect(code,
           "token \"" + label_ + "\" does not let us in" +
               (pinRefused_ ? "; correct its PIN in the settings before trying again" : ""),
           pinRefused_ ? Fault::SettingUnusable : Fault::TokenUnavailable);
}

Session Sessions::borrow() {
    const std::lock_guard lock{mutex_};
    if (!anchor_) openAndLogIn();
    if (idle_.empty()) return {module_->cryptoki(), openSession(), generation_};
    const auto handle = idle_.back();
    idle_.pop_back();
    return {module_->cryptoki(), handle, generation_};
}

void Sessions::giveBack(const Session& session, bool spoiled) noexcept {
    const std::lock_guard lock{mutex_};
    // The module may have started anew since, and given the number to somebody else's session.
    if (session.generation != generation_) return;
    if (spoiled || idle_.size() >= MostIdle) {
        session.cryptoki->C_CloseSession(session.handle);
        return;
    }
    idle_.push_back(session.handle);
}

unsigned Sessions::generation() {
    const std::lock_guard lock{mutex_};
    return generation_;
}

void Sessions::reopen(unsigned generationSeen) {
    const std::lock_guard lock{mutex_};
    if (anchor_ && generation_ != generationSeen) return;  // another thread did it
    closeAll();
    module_->initialise();
    openAndLogIn();
}

void Sessions::ping() {
    with([](Session& session) {
        CK_SESSION_INFO told{};
        expect(session.cryptoki->C_GetSessionInfo(session.handle, &told), "asking the token");
        if (told.state != CKS_RW_USER_FUNCTIONS) {
            expect(CKR_USER_NOT_LOGGED_IN, "asking the token");
        }
    });
}

}  // namespace zegel::pkcs11
