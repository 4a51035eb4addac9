#include "drivers/pkcs11/token.h"

#include "drivers/pkcs11/objects.h"
#include "drivers/pkcs11/sessions.h"

#include <algorithm>

namespace zegel::pkcs11 {

namespace {

std::optional<CK_SLOT_ID> slotWithoutToken(const Cryptoki& cryptoki) {
    CK_ULONG count = 0;
    expect(cryptoki->C_GetSlotList(CK_FALSE, nullptr, &count), "listing PKCS#11 slots");
    std::vector<CK_SLOT_ID> slots(count);
    expect(cryptoki->C_GetSlotList(CK_FALSE, slots.data(), &count), "listing PKCS#11 slots");
    slots.resize(count);
    const auto found = std::ranges::find_if(slots, [&](CK_SLOT_ID slot) {
        CK_TOKEN_INFO told{};
        return cryptoki->C_GetTokenInfo(slot, &told) == CKR_OK &&
               (told.flags & CKF_TOKEN_INITIALIZED) == 0;
    });
    if (found == slots.end()) return std::nullopt;
    return *found;
}

CK_UTF8CHAR_PTR writable(ByteView octets) {
    return const_cast<CK_UTF8CHAR_PTR>(octets.data());  // Cryptoki takes no const
}

void setUserPin(const Cryptoki& cryptoki, CK_SLOT_ID slot, const SecretBytes& securityPin,
                const SecretBytes& userPin) {
    CK_SESSION_HANDLE session = 0;
    expect(cryptoki->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr,
                                   &session),
           "opening the new token");
    auto code = securityPin.disclose(Disclosure::ToCipher, [&](ByteView pin) {
        return cryptoki->C_Login(session, CKU_SO, writable(pin), pin.size());
    });
    if (code == CKR_OK) {
        code = userPin.disclose(Disclosure::ToCipher, [&](ByteView pin) {
            return cryptoki->C_InitPIN(session, writable(pin), pin.size());
        });
        cryptoki->C_Logout(session);
    }
    cryptoki->C_CloseSession(session);
    expect(code, "setting the PIN of the new token");
}

}  // namespace

std::shared_ptr<Token> Token::open(std::shared_ptr<Module> module, const std::string& label,
                                   PinSource pin) {
    return std::shared_ptr<Token>{new Token{std::move(module), label, std::move(pin)}};
}

std::shared_ptr<Token> Token::open(std::shared_ptr<Module> module, const std::string& label,
                                   SecretBytes pin) {
    const auto kept = std::make_shared<const SecretBytes>(std::move(pin));
    return open(std::move(module), label,
                [kept] { return kept->disclose(Disclosure::ToCipher, secretOf); });
}

Token::Token(std::shared_ptr<Module> module, const std::string& label, PinSource pin)
    : label_(label),
      sessions_(std::make_unique<Sessions>(std::move(module), label, std::move(pin))) {}

Token::~Token() = default;

bool Token::holds(const std::string& label) {
    return sessions_->with([&](Session& session) { return !findAll(session, label).empty(); });
}

void Token::ping() {
    sessions_->ping();
}

void initialiseToken(Module& module, const std::string& label, const SecretBytes& securityPin,
                     const SecretBytes& userPin) {
    const QuietErrorQueue quiet;
    const auto& cryptoki = module.cryptoki();
    if (slotOfToken(cryptoki, label)) {
        throw Failure{Fault::RequestRefused,
                      "a token labelled \"" + label + "\" exists already; choose another label"};
    }
    const auto slot = slotWithoutToken(cryptoki);
    if (!slot || label.size() > 32) {
        throw Failure{Fault::TokenUnavailable, "no free slot for a new token \"" + label +
                                                   "\" in " + module.path() +
                                                   (slot ? ": a label has at most 32 octets" : "")};
    }
    std::string padded = label;
    padded.resize(32, ' ');
    const auto padding = bytesOf(padded);
    expect(securityPin.disclose(Disclosure::ToCipher,
                                [&](ByteView pin) {
                                    return cryptoki->C_InitToken(*slot, writable(pin), pin.size(),
                                                                 writable(padding));
                                }),
           "making token \"" + label + "\"");
    // QUIRK(SoftHSM, 2.6): a new token moves to another slot number.
    const auto made = slotOfToken(cryptoki, label);
    setUserPin(cryptoki, made.value_or(*slot), securityPin, userPin);
}

}  // namespace zegel::pkcs11
