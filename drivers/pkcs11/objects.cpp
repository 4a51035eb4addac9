#include "drivers/pkcs11/objects.h"

#include <array>
#include <cstring>

namespace zegel::pkcs11 {

Template& Template::octets(CK_ATTRIBUTE_TYPE type, ByteView value) {
    auto& kept = values_.emplace_back(value.begin(), value.end());  // its heap block stays put
    attributes_.push_back({type, kept.data(), kept.size()});
    return *this;
}

Template& Template::flag(CK_ATTRIBUTE_TYPE type, bool value) {
    const CK_BBOOL raw = value ? CK_TRUE : CK_FALSE;
    return octets(type, ByteView{&raw, 1});
}

Template& Template::number(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
    std::array<std::uint8_t, sizeof value> raw{};
    std::memcpy(raw.data(), &value, sizeof value);
    return octets(type, raw);
}

std::vector<CK_OBJECT_HANDLE> findAll(Session& session, Template& wanted) {
    expect(session.cryptoki->C_FindObjectsInit(session.handle, wanted.data(), wanted.size()),
           "looking for objects in the token");
    std::vector<CK_OBJECT_HANDLE> found(8);
    CK_ULONG count = 0;
    const auto code =
        session.cryptoki->C_FindObjects(session.handle, found.data(), found.size(), &count);
    session.cryptoki->C_FindObjectsFinal(session.handle);
    expect(code, "looking for objects in the token");
    found.resize(count);
    return found;
}

std::vector<CK_OBJECT_HANDLE> findEvery(Session& session, Template& wanted) {
    expect(session.cryptoki->C_FindObjectsInit(session.handle, wanted.data(), wanted.size()),
           "looking for objects in the token");
    std::vector<CK_OBJECT_HANDLE> all;
    std::array<CK_OBJECT_HANDLE, 64> some{};
    CK_ULONG count = 0;
    CK_RV code = CKR_OK;
    do {
        code = session.cryptoki->C_FindObjects(session.handle, some.data(), some.size(), &count);
        if (code == CKR_OK) all.insert(all.end(), some.begin(), some.begin() + count);
    } while (code == CKR_OK && count > 0);
    session.cryptoki->C_FindObjectsFinal(session.handle);
    expect(code, "looking for objects in the token");
    return all;
}

std::vector<CK_OBJECT_HANDLE> findAll(Session& session, const std::string& label) {
    return findAll(session, Template{}.octets(CKA_LABEL, bytesOf(label)));
}

std::optional<Bytes> attributeOf(Session& session, CK_OBJECT_HANDLE object,
                                 CK_ATTRIBUTE_TYPE type) {
    CK_ATTRIBUTE asked{type, nullptr, 0};
    const auto sized = session.cryptoki->C_GetAttributeValue(session.handle, object, &asked, 1);
    if (sized == CKR_ATTRIBUTE_TYPE_INVALID || sized == CKR_ATTRIBUTE_SENSITIVE) {
        return std::nullopt;
    }
    expect(sized, "reading an object of the token");
    if (asked.ulValueLen == 0 || asked.ulValueLen == CK_UNAVAILABLE_INFORMATION) {
        return std::nullopt;
    }
    Bytes value(asked.ulValueLen);
    asked.pValue = value.data();
    expect(session.cryptoki->C_GetAttributeValue(session.handle, object, &asked, 1),
           "reading an object of the token");
    value.resize(asked.ulValueLen);
    return value;
}

CK_OBJECT_HANDLE NamedKey::in(Session& session, const std::string& token) {
    const std::lock_guard lock{mutex_};
    if (handle_ && generation_ == session.generation) return *handle_;
    Template wanted;
    wanted.number(CKA_CLASS, class_).octets(CKA_LABEL, bytesOf(label_));
    if (!id_.empty()) wanted.octets(CKA_ID, id_);
    const auto found = findAll(session, wanted);
    if (found.size() != 1) {
        throw Failure{Fault::SettingUnusable,
                      "token \"" + token + "\" has " + (found.empty() ? "no" : "more than one") +
                          " key labelled \"" + label_ +
                          (found.empty() ? "\"; make it, or correct the setting"
                                         : "\"; give each key a label of its own")};
    }
    handle_ = found.front();
    generation_ = session.generation;
    return *handle_;
}

SecretBytes firstOctets(SecretBytes&& secret, std::size_t length) {
    if (length == secret.size()) return std::move(secret);
    return secret.disclose(Disclosure::ToCipher,
                           [&](ByteView octets) { return secretOf(octets.first(length)); });
}

void expectStaysInside(Session& session, NamedKey& key, const std::string& token) {
    const auto handle = key.in(session, token);
    const auto is = [&](CK_ATTRIBUTE_TYPE type, CK_BBOOL value) {
        return attributeOf(session, handle, type) == Bytes{value};
    };
    if (is(CKA_SENSITIVE, CK_TRUE) && is(CKA_EXTRACTABLE, CK_FALSE)) return;
    throw Failure{Fault::SettingUnusable,
                  "key \"" + key.label() + "\" in token \"" + token +
                      "\" could be read out; make one that is sensitive and not extractable"};
}

}  // namespace zegel::pkcs11
