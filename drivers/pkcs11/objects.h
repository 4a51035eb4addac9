#pragma once

#include "drivers/base/bytes.h"
#include "drivers/pkcs11/sessions.h"

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace zegel::pkcs11 {

/// Attributes of an object that is made or looked for. Keeps the values alive while Cryptoki
/// looks at them. None of them may be secret.
class Template {
public:
    Template() = default;
    Template(Template&&) noexcept = default;
    Template& operator=(Template&&) noexcept = default;
    Template(const Template&) = delete;  // the attributes point into the values
    Template& operator=(const Template&) = delete;
    ~Template() = default;

    Template& flag(CK_ATTRIBUTE_TYPE type, bool value);
    Template& number(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
    Template& octets(CK_ATTRIBUTE_TYPE type, ByteView value);

    CK_ATTRIBUTE_PTR data() noexcept { return attributes_.data(); }
    CK_ULONG size() const noexcept { return attributes_.size(); }

private:
    std::vector<Bytes> values_;
    std::vector<CK_ATTRIBUTE> attributes_;
};

/// Objects that have all these attributes; the first few are enough to tell one from several.
std::vector<CK_OBJECT_HANDLE> findAll(Session& session, Template& wanted);
std::vector<CK_OBJECT_HANDLE> findAll(Session& session, const std::string& label);

/// All of them, however many.
std::vector<CK_OBJECT_HANDLE> findEvery(Session& session, Template& wanted);

/// The attribute's octets; nothing when the object has none or does not tell.
std::optional<Bytes> attributeOf(Session& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);

/// A key found by class, label and, where it is given, CKA_ID; remembered as long as the token
/// stays.
class NamedKey {
public:
    NamedKey(CK_OBJECT_CLASS keyClass, std::string label, Bytes id = {})
        : class_(keyClass), label_(std::move(label)), id_(std::move(id)) {}

    /// Errors: SettingUnusable when the token has no such key, or several.
    CK_OBJECT_HANDLE in(Session& session, const std::string& token);
    const std::string& label() const noexcept { return label_; }

private:
    CK_OBJECT_CLASS class_;
    std::string label_;
    Bytes id_;
    std::mutex mutex_;
    std::optional<CK_OBJECT_HANDLE> handle_;
    unsigned generation_ = 0;
};

/// The octets that a token really gave, of a buffer that had to be longer.
SecretBytes firstOctets(SecretBytes&& secret, std::size_t length);

/// Errors: SettingUnusable when the token would let the key out (CKA_EXTRACTABLE, or not
/// CKA_SENSITIVE), or has no such key.
void expectStaysInside(Session& session, NamedKey& key, const std::string& token);

}  // namespace zegel::pkcs11
