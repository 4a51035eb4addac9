#include "station/authority/subject.h"

#include <openssl/obj_mac.h>

#include <map>
#include <vector>

namespace zegel::station {

namespace {

struct Attribute {
    int nid;
    std::string value;
};

std::vector<Attribute> attributesOf(const SubjectName& subject) {
    std::vector<Attribute> all{{NID_countryName, subject.country},
                               {NID_organizationName, subject.organisation},
                               {NID_organizationIdentifier, subject.organisationIdentifier},
                               {NID_serialNumber, subject.serialNumber.value_or("")},
                               {NID_commonName, subject.commonName}};
    std::erase_if(all, [](const Attribute& attribute) { return attribute.value.empty(); });
    return all;
}

std::string longNameOf(int nid) {
    const auto* const name = OBJ_nid2ln(nid);
    return name != nullptr ? name : "an unknown attribute";
}

std::string utf8Of(const ASN1_STRING* text) {
    unsigned char* out = nullptr;
    const auto length = ASN1_STRING_to_UTF8(&out, text);
    if (length < 0) return {};
    std::string value{out, out + length};
    OPENSSL_free(out);
    return value;
}

/// For a message: which attribute of an entry, known to OpenSSL or not.
std::string titleOf(const X509_NAME_ENTRY& entry) {
    std::string text(128, '\0');
    const auto length = OBJ_obj2txt(text.data(), static_cast<int>(text.size()),
                                    X509_NAME_ENTRY_get_object(&entry), 0);
    text.resize(static_cast<std::size_t>(std::max(0, std::min(length, 127))));
    return text;
}

}  // namespace

openssl::NamePtr nameFrom(const SubjectName& subject) {
    openssl::NamePtr name{X509_NAME_new()};
    for (const auto& [nid, value] : attributesOf(subject)) {
        const bool added =
            X509_NAME_add_entry_by_NID(name.get(), nid, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(value.data()),
                                       static_cast<int>(value.size()), -1, 0) == 1;
        openssl::expect(added, Fault::OrderUnusable,
                        "subject " + longNameOf(nid) +
                            " cannot be written into a certificate: too long or not text; "
                            "correct the order");
    }
    return name;
}

std::optional<std::string> differenceIn(const X509_NAME& name, const SubjectName& wanted) {
    std::map<int, std::string> missing;
    for (const auto& [nid, value] : attributesOf(wanted)) {
        missing.emplace(nid, value);
    }
    for (int i = 0; i < X509_NAME_entry_count(&name); ++i) {
        const auto* const entry = X509_NAME_get_entry(&name, i);
        const auto value = utf8Of(X509_NAME_ENTRY_get_data(entry));
        const auto expected = missing.find(OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)));
        if (expected == missing.end()) {
            return "subject has " + titleOf(*entry) + " \"" + value + "\", which was not asked";
        }
        if (expected->second != value) {
            return "subject " + longNameOf(expected->first) + " is \"" + value + "\", not \"" +
                   expected->second + "\"";
        }
        missing.erase(expected);
    }
    if (missing.empty()) return std::nullopt;
    return "subject lacks " + longNameOf(missing.begin()->first) + " \"" + missing.begin()->second +
           "\"";
}

}  // namespace zegel::station
